import { derivedId } from './ids.ts'
import type { IamStore } from './iam-store.ts'
import type { PolicyRecord } from './records.ts'

const statement = (action: string | string[], resource: string | string[] = '*') => ({ Effect: 'Allow', Action: action, Resource: resource })

/** AWS's managed policies that are emulated: those for the services that are here. Their texts follow AWS's, without the services that are not. */
const AWS_MANAGED: Readonly<Record<string, object[]>> = {
  AdministratorAccess: [statement('*')],
  PowerUserAccess: [
    { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
    statement(['iam:ListRoles', 'iam:CreateServiceLinkedRole', 'iam:DeleteServiceLinkedRole', 'organizations:DescribeOrganization']),
  ],
  ReadOnlyAccess: [statement([
    'cloudwatch:Describe*', 'cloudwatch:Get*', 'cloudwatch:List*', 'dynamodb:BatchGet*', 'dynamodb:Describe*', 'dynamodb:Get*', 'dynamodb:List*', 'dynamodb:PartiQLSelect',
    'dynamodb:Query', 'dynamodb:Scan', 'iam:Generate*', 'iam:Get*', 'iam:List*', 'iam:Simulate*', 'rekognition:CompareFaces', 'rekognition:Describe*',
    'rekognition:Detect*', 'rekognition:List*', 'rekognition:Search*', 's3:DescribeJob', 's3:Get*', 's3:List*', 'sts:Get*', 'application-autoscaling:Describe*',
  ])],
  AmazonDynamoDBFullAccess: [statement(['dynamodb:*', 'dax:*', 'application-autoscaling:*', 'cloudwatch:*Alarm*', 'cloudwatch:GetMetric*', 'cloudwatch:ListMetrics', 'iam:GetRole', 'iam:ListRoles'])],
  AmazonDynamoDBReadOnlyAccess: [statement([
    'application-autoscaling:Describe*', 'cloudwatch:DescribeAlarm*', 'cloudwatch:GetMetric*', 'cloudwatch:ListMetrics', 'dynamodb:BatchGetItem', 'dynamodb:Describe*',
    'dynamodb:List*', 'dynamodb:GetItem', 'dynamodb:GetResourcePolicy', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:PartiQLSelect', 'iam:GetRole', 'iam:ListRoles',
  ])],
  AmazonS3FullAccess: [statement(['s3:*', 's3-object-lambda:*'])],
  AmazonS3ReadOnlyAccess: [statement(['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'])],
  AmazonRekognitionFullAccess: [statement('rekognition:*')],
  AmazonRekognitionReadOnlyAccess: [statement([
    'rekognition:CompareFaces', 'rekognition:DetectFaces', 'rekognition:DetectLabels', 'rekognition:ListCollections', 'rekognition:ListFaces', 'rekognition:SearchFaces',
    'rekognition:SearchFacesByImage', 'rekognition:DetectText', 'rekognition:DescribeCollection',
  ])],
  CloudWatchFullAccess: [statement(['cloudwatch:*', 'logs:*', 'sns:*', 'iam:GetPolicy', 'iam:GetPolicyVersion', 'iam:GetRole'])],
  CloudWatchReadOnlyAccess: [statement(['cloudwatch:Describe*', 'cloudwatch:Get*', 'cloudwatch:List*', 'application-autoscaling:DescribeScalingPolicies'])],
  IAMFullAccess: [statement('iam:*')],
  IAMReadOnlyAccess: [statement(['iam:Generate*', 'iam:Get*', 'iam:List*', 'iam:Simulate*'])],
}

const PREFIX = 'arn:aws:iam::aws:policy/'

/** When AWS's policies are said to have been made. */
const MADE_AT = Date.parse('2015-02-06T18:39:46Z')

/** AWS's managed policies, in the form of the account's own. */
export const awsManagedPolicies: readonly PolicyRecord[] = Object.entries(AWS_MANAGED).map(([name, statements]) => ({
  name,
  path: '/',
  id: derivedId('ANPA', PREFIX + name),
  arn: PREFIX + name,
  createdAt: MADE_AT,
  updatedAt: MADE_AT,
  defaultVersion: 'v1',
  versions: [{ id: 'v1', document: JSON.stringify({ Version: '2012-10-17', Statement: statements }), createdAt: MADE_AT }],
  nextVersion: 2,
  tags: [],
}))

/** A managed policy of AWS's or of the account, by its ARN. */
export function managedPolicy (store: IamStore, arn: string): PolicyRecord | undefined {
  if (arn.startsWith(PREFIX)) return awsManagedPolicies.find((one) => one.arn === arn)
  const policy = store.get('policy', arn.slice(arn.lastIndexOf('/') + 1))
  return policy?.arn === arn ? policy : undefined
}

/** The text that is in force of a managed policy. */
export function managedPolicyText (store: IamStore, arn: string): string | undefined {
  const policy = managedPolicy(store, arn)
  return policy?.versions.find(({ id }) => id === policy.defaultVersion)?.document
}
