/**
 * For each service, calls in an order that makes sense, which between them use every operation that is built. Any client
 * can have the conversation: the inputs are JSON, in the members that every SDK has.
 */
import type { operations as autoScalingOperations } from '../auto-scaling/index.ts'
import type { operations as cloudwatchOperations } from '../cloudwatch/index.ts'
import type { operations as dynamodbOperations } from '../dynamodb/index.ts'
import type { operations as rekognitionOperations } from '../rekognition/index.ts'
import type { operations as s3Operations } from '../s3/index.ts'
import type { operations as streamsOperations } from '../streams/index.ts'

/** What was answered so far, by operation: its last answer. */
export type Answers<N extends string = string> = Readonly<Record<N, unknown>>

export interface Call<N extends string> {
  operation: N
  input: Readonly<Record<string, unknown>> | ((answers: Answers<N>) => Readonly<Record<string, unknown>>)
  /** What the answer has to hold, at least. */
  expected?: object
  /** The error that it has to have, instead of an answer. */
  fails?: RegExp
}

/** The text at a place in an answer. */
const told = (answer: unknown, ...path: (string | number)[]): string =>
  String(path.reduce((value, name) => (value as Record<string | number, unknown>)[name], answer)) // it has it, or the test fails

type AutoScalingName = keyof typeof autoScalingOperations
type CloudwatchName = keyof typeof cloudwatchOperations
type DynamodbName = keyof typeof dynamodbOperations
type RekognitionName = keyof typeof rekognitionOperations
/** Clients have no call for a form. */
type S3Name = Exclude<keyof typeof s3Operations, 'PostObject'>
type StreamsName = keyof typeof streamsOperations

/** Where {@link conversations} finds its pictures: a bucket with two portraits, of two people. */
export const PICTURES = { bucket: 'pictures', ada: 'ada.png', bob: 'bob.png' }

/** A table with a stream, and the one item that was put into it. */
export const WATCHED = { table: 'watched', id: 'a' }

/** A provisioned table, to be scaled. */
export const SCALED = 'visits'

const table = 'things'
const key = (id: string) => ({ id: { S: id } })
const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`

/** A policy that lets its own account do something. */
const policyOn = (Action: string, Resource: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: '000000000000' }, Action, Resource }] })

const kinesis = { TableName: table, StreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/things' }

const dynamodb: Call<DynamodbName>[] = [
  {
    operation: 'CreateTable',
    input: {
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'kind', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [{ IndexName: 'by-kind', KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
    },
    expected: { TableDescription: { TableArn: arn } },
  },
  { operation: 'DescribeTable', input: { TableName: table }, expected: { Table: { TableStatus: 'ACTIVE', ItemCount: 0 } } },
  { operation: 'ListTables', input: {}, expected: { TableNames: [table] } },
  { operation: 'UpdateTable', input: { TableName: table, DeletionProtectionEnabled: true }, expected: { TableDescription: { DeletionProtectionEnabled: true } } },
  { operation: 'UpdateTable', input: { TableName: table, DeletionProtectionEnabled: false } },
  {
    operation: 'UpdateTable',
    input: {
      TableName: table,
      AttributeDefinitions: [{ AttributeName: 'colour', AttributeType: 'S' }, { AttributeName: 'size', AttributeType: 'N' }],
      GlobalSecondaryIndexUpdates: [{
        Create: {
          IndexName: 'by-both',
          KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }, { AttributeName: 'colour', KeyType: 'HASH' }, { AttributeName: 'size', KeyType: 'RANGE' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      }],
    },
    expected: { TableDescription: { TableStatus: 'UPDATING' } },
  },
  { operation: 'UpdateTable', input: { TableName: table, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-both' } }] } },
  { operation: 'DescribeEndpoints', input: {}, expected: { Endpoints: [{ CachePeriodInMinutes: 1440 }] } },
  { operation: 'DescribeLimits', input: {}, expected: { AccountMaxReadCapacityUnits: 80_000 } },
  { operation: 'TagResource', input: { ResourceArn: arn, Tags: [{ Key: 'team', Value: 'blue' }, { Key: 'stage', Value: 'test' }] } },
  { operation: 'UntagResource', input: { ResourceArn: arn, TagKeys: ['stage'] } },
  { operation: 'ListTagsOfResource', input: { ResourceArn: arn }, expected: { Tags: [{ Key: 'team', Value: 'blue' }] } },
  {
    operation: 'UpdateTimeToLive',
    input: { TableName: table, TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' } },
    expected: { TimeToLiveSpecification: { Enabled: true } },
  },
  { operation: 'DescribeTimeToLive', input: { TableName: table }, expected: { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' } } },
  {
    operation: 'PutItem',
    input: {
      TableName: table,
      Item: { ...key('one'), kind: { S: 'odd' }, number: { N: '1.5' }, yes: { BOOL: true }, nothing: { NULL: true }, list: { L: [{ N: '1' }, { S: 'é' }] }, map: { M: { a: { SS: ['x', 'y'] } } } },
      ReturnConsumedCapacity: 'TOTAL',
    },
    expected: { ConsumedCapacity: { TableName: table, CapacityUnits: 2 } },
  },
  {
    operation: 'GetItem',
    input: { TableName: table, Key: key('one'), ConsistentRead: true },
    expected: { Item: { number: { N: '1.5' }, yes: { BOOL: true }, nothing: { NULL: true }, list: { L: [{ N: '1' }, { S: 'é' }] }, map: { M: { a: { SS: ['x', 'y'] } } } } },
  },
  {
    operation: 'UpdateItem',
    input: { TableName: table, Key: key('one'), UpdateExpression: 'ADD #n :one', ExpressionAttributeNames: { '#n': 'number' }, ExpressionAttributeValues: { ':one': { N: '1' } }, ReturnValues: 'UPDATED_NEW' },
    expected: { Attributes: { number: { N: '2.5' } } },
  },
  { operation: 'BatchWriteItem', input: { RequestItems: { [table]: ['two', 'three'].map((id) => ({ PutRequest: { Item: { ...key(id), kind: { S: 'odd' } } } })) } }, expected: { UnprocessedItems: {} } },
  { operation: 'BatchGetItem', input: { RequestItems: { [table]: { Keys: [key('two'), key('none')] } } }, expected: { Responses: { [table]: [key('two')] }, UnprocessedKeys: {} } },
  {
    operation: 'TransactWriteItems',
    input: {
      TransactItems: [
        { Put: { TableName: table, Item: key('four'), ConditionExpression: 'attribute_not_exists(id)' } },
        { ConditionCheck: { TableName: table, Key: key('one'), ConditionExpression: 'attribute_exists(id)' } },
        { Delete: { TableName: table, Key: key('three') } },
      ],
    },
  },
  { operation: 'TransactGetItems', input: { TransactItems: ['four', 'three'].map((id) => ({ Get: { TableName: table, Key: key(id) } })) }, expected: { Responses: [{ Item: key('four') }, {}] } },
  {
    operation: 'Query',
    input: { TableName: table, IndexName: 'by-kind', KeyConditionExpression: 'kind = :kind', ExpressionAttributeValues: { ':kind': { S: 'odd' } }, Select: 'COUNT' },
    expected: { Count: 2, ScannedCount: 2 },
  },
  { operation: 'Scan', input: { TableName: table }, expected: { Count: 3 } },
  { operation: 'ExecuteStatement', input: { Statement: `SELECT id FROM "${table}" WHERE id = ?`, Parameters: [{ S: 'four' }], ReturnConsumedCapacity: 'TOTAL' }, expected: { Items: [key('four')], ConsumedCapacity: { CapacityUnits: 0.5 } } },
  { operation: 'ExecuteStatement', input: { Statement: `SELECT id FROM ${table}`, Limit: 1 }, expected: { NextToken: /./ } },
  { operation: 'ExecuteStatement', input: ({ ExecuteStatement }) => ({ Statement: `SELECT id FROM ${table}`, NextToken: told(ExecuteStatement, 'NextToken') }) },
  {
    operation: 'BatchExecuteStatement',
    input: { Statements: [{ Statement: `UPDATE ${table} SET colour = 'red' WHERE id = 'four' RETURNING MODIFIED NEW *` }] },
    expected: { Responses: [{ TableName: table, Item: { colour: { S: 'red' } } }] },
  },
  {
    operation: 'ExecuteTransaction',
    input: { TransactStatements: [{ Statement: `INSERT INTO ${table} VALUE {'id': 'five'}` }, { Statement: `EXISTS(SELECT * FROM ${table} WHERE id = 'four' AND colour = ?)`, Parameters: [{ S: 'red' }] }], ClientRequestToken: 'five' },
    expected: { Responses: [] },
  },
  { operation: 'ExecuteStatement', input: { Statement: `DELETE FROM ${table} WHERE id = 'five' RETURNING ALL OLD *` }, expected: { Items: [key('five')] } },
  { operation: 'ExecuteStatement', input: { Statement: `UPDATE ${table} REMOVE colour WHERE id = 'four'` }, expected: { Items: [] } },
  { operation: 'DeleteItem', input: { TableName: table, Key: key('four'), ReturnValues: 'ALL_OLD' }, expected: { Attributes: key('four') } },
  {
    operation: 'UpdateContinuousBackups',
    input: { TableName: table, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    expected: { ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } } },
  },
  { operation: 'DescribeContinuousBackups', input: { TableName: table }, expected: { ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED' } } },
  { operation: 'CreateBackup', input: { TableName: table, BackupName: 'daily' }, expected: { BackupDetails: { BackupName: 'daily', BackupType: 'USER' } } },
  { operation: 'ListBackups', input: { TableName: table }, expected: { BackupSummaries: [{ BackupName: 'daily' }] } },
  {
    operation: 'DescribeBackup',
    input: ({ CreateBackup: created }) => ({ BackupArn: told(created, 'BackupDetails', 'BackupArn') }),
    expected: { BackupDescription: { BackupDetails: { BackupStatus: 'AVAILABLE' } } },
  },
  {
    operation: 'RestoreTableFromBackup',
    input: ({ CreateBackup: created }) => ({ TargetTableName: 'from-backup', BackupArn: told(created, 'BackupDetails', 'BackupArn') }),
    expected: { TableDescription: { TableStatus: 'CREATING', RestoreSummary: { RestoreInProgress: true } } },
  },
  {
    operation: 'RestoreTableToPointInTime',
    input: { SourceTableName: table, TargetTableName: 'as-it-was', UseLatestRestorableTime: true },
    expected: { TableDescription: { TableName: 'as-it-was' } },
  },
  {
    operation: 'DeleteBackup',
    input: ({ CreateBackup: created }) => ({ BackupArn: told(created, 'BackupDetails', 'BackupArn') }),
    expected: { BackupDescription: { BackupDetails: { BackupStatus: 'DELETED' } } },
  },
  {
    operation: 'ExportTableToPointInTime',
    input: { TableArn: arn, S3Bucket: PICTURES.bucket, S3Prefix: 'exports', ExportFormat: 'ION' },
    expected: { ExportDescription: { ExportStatus: 'IN_PROGRESS', TableArn: arn, ExportType: 'FULL_EXPORT' } },
  },
  {
    operation: 'DescribeExport',
    input: ({ ExportTableToPointInTime: begun }) => ({ ExportArn: told(begun, 'ExportDescription', 'ExportArn') }),
    expected: { ExportDescription: { ExportStatus: 'COMPLETED', ItemCount: 2 } },
  },
  { operation: 'ListExports', input: { TableArn: arn, MaxResults: 1 }, expected: { ExportSummaries: [{ ExportStatus: 'COMPLETED' }] } },
  {
    operation: 'ImportTable',
    input: ({ DescribeExport: described }) => ({
      S3BucketSource: { S3Bucket: PICTURES.bucket, S3KeyPrefix: `${told(described, 'ExportDescription', 'ExportManifest').replace(/manifest-summary.json$/, '')}data/` },
      InputFormat: 'ION',
      InputCompressionType: 'GZIP',
      TableCreationParameters: {
        TableName: 'imported', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      },
    }),
    expected: { ImportTableDescription: { ImportStatus: 'IN_PROGRESS' } },
  },
  {
    operation: 'DescribeImport',
    input: ({ ImportTable: begun }) => ({ ImportArn: told(begun, 'ImportTableDescription', 'ImportArn') }),
    expected: { ImportTableDescription: { ImportStatus: 'COMPLETED', ImportedItemCount: 2, ErrorCount: 0 } },
  },
  { operation: 'ListImports', input: { PageSize: 25 }, expected: { ImportSummaryList: [{ ImportStatus: 'COMPLETED', InputFormat: 'ION' }] } },
  { operation: 'UpdateContributorInsights', input: { TableName: table, ContributorInsightsAction: 'ENABLE' }, expected: { ContributorInsightsStatus: 'ENABLING' } },
  { operation: 'DescribeContributorInsights', input: { TableName: table }, expected: { ContributorInsightsStatus: 'ENABLED' } },
  { operation: 'ListContributorInsights', input: { TableName: table }, expected: { ContributorInsightsSummaries: [{ TableName: table }] } },
  { operation: 'PutResourcePolicy', input: { ResourceArn: arn, Policy: policyOn('dynamodb:GetItem', arn) }, expected: { RevisionId: /^\d+$/ } },
  { operation: 'GetResourcePolicy', input: { ResourceArn: arn }, expected: { Policy: /Statement/ } },
  { operation: 'DeleteResourcePolicy', input: { ResourceArn: arn }, expected: { RevisionId: /^\d+$/ } },
  { operation: 'DescribeKinesisStreamingDestination', input: { TableName: table }, expected: { KinesisDataStreamDestinations: [] } },
  { operation: 'EnableKinesisStreamingDestination', input: kinesis, fails: /ValidationException/ },
  { operation: 'UpdateKinesisStreamingDestination', input: { ...kinesis, UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: 'MICROSECOND' } }, fails: /ValidationException/ },
  { operation: 'DisableKinesisStreamingDestination', input: kinesis, fails: /ValidationException/ },
  { operation: 'DescribeTableReplicaAutoScaling', input: { TableName: table }, expected: { TableAutoScalingDescription: { TableName: table, TableStatus: 'ACTIVE', Replicas: [] } } },
  { operation: 'UpdateTableReplicaAutoScaling', input: { TableName: table }, fails: /ValidationException/ },
  { operation: 'ListGlobalTables', input: {}, expected: { GlobalTables: [] } },
  { operation: 'CreateGlobalTable', input: { GlobalTableName: table, ReplicationGroup: [{ RegionName: 'eu-west-1' }] }, fails: /ValidationException/ },
  { operation: 'DescribeGlobalTable', input: { GlobalTableName: table }, fails: /GlobalTableNotFoundException/ },
  { operation: 'DescribeGlobalTableSettings', input: { GlobalTableName: table }, fails: /GlobalTableNotFoundException/ },
  { operation: 'UpdateGlobalTable', input: { GlobalTableName: table, ReplicaUpdates: [] }, fails: /GlobalTableNotFoundException/ },
  { operation: 'UpdateGlobalTableSettings', input: { GlobalTableName: table }, fails: /GlobalTableNotFoundException/ },
  { operation: 'DeleteTable', input: { TableName: table }, expected: { TableDescription: { TableName: table } } },
]

const picture = (name: string) => ({ S3Object: { Bucket: PICTURES.bucket, Name: name } })
const people = { CollectionId: 'people' }
const faceId = ({ IndexFaces: indexed }: Answers<RekognitionName>): string => told(indexed, 'FaceRecords', 0, 'Face', 'FaceId')

const rekognition: Call<RekognitionName>[] = [
  { operation: 'DetectFaces', input: { Image: picture(PICTURES.ada), Attributes: ['ALL'] }, expected: { FaceDetails: [{ AgeRange: {} }] } },
  { operation: 'CompareFaces', input: { SourceImage: picture(PICTURES.ada), TargetImage: picture(PICTURES.bob) }, expected: { FaceMatches: [], UnmatchedFaces: [{}] } },
  { operation: 'CreateCollection', input: people, expected: { StatusCode: 200, CollectionArn: /:000000000000:collection\/people$/ } },
  { operation: 'IndexFaces', input: { ...people, Image: picture(PICTURES.ada), ExternalImageId: 'ada' }, expected: { FaceRecords: [{ Face: { ExternalImageId: 'ada' } }] } },
  { operation: 'ListCollections', input: {}, expected: { CollectionIds: ['people'] } },
  { operation: 'DescribeCollection', input: people, expected: { FaceCount: 1 } },
  { operation: 'ListFaces', input: people, expected: { Faces: [{ ExternalImageId: 'ada' }] } },
  { operation: 'SearchFacesByImage', input: { ...people, Image: picture(PICTURES.ada) }, expected: { FaceMatches: [{ Face: { ExternalImageId: 'ada' } }] } },
  { operation: 'SearchFaces', input: (answers) => ({ ...people, FaceId: faceId(answers) }), expected: { FaceMatches: [] } },
  { operation: 'DeleteFaces', input: (answers) => ({ ...people, FaceIds: [faceId(answers)] }), expected: { DeletedFaces: [/^[0-9a-f-]{36}$/] } },
  { operation: 'DeleteCollection', input: people, expected: { StatusCode: 200 } },
]

const object = { Bucket: 'letters', Key: 'a/ü & b+c.txt' }
const upload = { Bucket: 'letters', Key: 'large' }
const started = (answers: Answers<S3Name>) => ({ ...upload, UploadId: told(answers.CreateMultipartUpload, 'UploadId') })
/** A name that needs no encoding: some clients encode what they are given here, others do not. */
const source = 'letters/plain'

const kept = { Bucket: 'kept' }
const note = { Bucket: 'kept', Key: 'note' }
const tags = { TagSet: [{ Key: 'team', Value: 'images' }] }

const s3: Call<S3Name>[] = [
  { operation: 'CreateBucket', input: { Bucket: 'letters' } },
  { operation: 'HeadBucket', input: { Bucket: 'letters' } },
  { operation: 'ListBuckets', input: {}, expected: { Buckets: [{ Name: 'letters' }] } },
  { operation: 'GetBucketLocation', input: { Bucket: 'letters' } },
  { operation: 'PutObject', input: { ...object, Body: 'Dear Bob', ContentType: 'text/plain', Metadata: { from: 'ada' } }, expected: { ETag: /^"[0-9a-f]{32}"$/ } },
  { operation: 'HeadObject', input: object, expected: { ContentLength: 8, ContentType: 'text/plain', Metadata: { from: 'ada' } } },
  { operation: 'GetObject', input: object, expected: { ContentLength: 8, Body: 'Dear Bob' } },
  { operation: 'GetObjectAttributes', input: { ...object, ObjectAttributes: ['ObjectSize', 'ETag'] }, expected: { ObjectSize: 8 } },
  { operation: 'PutObject', input: { Bucket: 'letters', Key: 'plain', Body: 'Dear Ada' } },
  { operation: 'CopyObject', input: { Bucket: 'letters', Key: 'copy', CopySource: source }, expected: { CopyObjectResult: { ETag: /^"/ } } },
  { operation: 'ListObjectsV2', input: { Bucket: 'letters', Delimiter: '/' }, expected: { CommonPrefixes: [{ Prefix: 'a/' }], Contents: [{ Key: 'copy', Size: 8 }, { Key: 'plain' }] } },
  { operation: 'ListObjects', input: { Bucket: 'letters' }, expected: { Contents: [{ Key: object.Key }, { Key: 'copy' }, { Key: 'plain' }] } },
  { operation: 'CreateMultipartUpload', input: upload, expected: { UploadId: /./ } },
  { operation: 'ListMultipartUploads', input: { Bucket: 'letters' }, expected: { Uploads: [{ Key: 'large' }] } },
  { operation: 'AbortMultipartUpload', input: started },
  { operation: 'CreateMultipartUpload', input: { ...upload, ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } },
  { operation: 'UploadPart', input: (answers) => ({ ...started(answers), PartNumber: 1, Body: 'x'.repeat(5 * 1024 * 1024), ChecksumAlgorithm: 'CRC32' }), expected: { ETag: /^"/ } },
  { operation: 'UploadPartCopy', input: (answers) => ({ ...started(answers), PartNumber: 2, CopySource: source }), expected: { CopyPartResult: { ETag: /^"/ } } },
  { operation: 'ListParts', input: started, expected: { Parts: [{ PartNumber: 1, Size: 5 * 1024 * 1024 }, { PartNumber: 2, Size: 8 }] } },
  {
    operation: 'CompleteMultipartUpload',
    input: (answers) => ({
      ...started(answers),
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: told(answers.UploadPart, 'ETag') }, { PartNumber: 2, ETag: told(answers.UploadPartCopy, 'CopyPartResult', 'ETag') }] },
    }),
    expected: { ETag: /-2"$/ },
  },
  { operation: 'DeleteObject', input: { Bucket: 'letters', Key: 'copy' } },
  { operation: 'DeleteObjects', input: { Bucket: 'letters', Delete: { Objects: [{ Key: 'large' }, { Key: object.Key }, { Key: 'plain' }, { Key: 'none' }] } }, expected: { Deleted: [{}, {}, {}, {}] } },
  { operation: 'DeleteBucket', input: { Bucket: 'letters' } },
  { operation: 'CreateBucket', input: kept },
  { operation: 'PutBucketTagging', input: { ...kept, Tagging: tags } },
  { operation: 'GetBucketTagging', input: kept, expected: tags },
  { operation: 'DeleteBucketTagging', input: kept },
  { operation: 'PutBucketCors', input: { ...kept, CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['https://app.example.org'] }] } } },
  { operation: 'GetBucketCors', input: kept, expected: { CORSRules: [{ AllowedMethods: ['GET'] }] } },
  { operation: 'DeleteBucketCors', input: kept },
  { operation: 'PutBucketPolicy', input: { ...kept, Policy: policyOn('s3:GetObject', 'arn:aws:s3:::kept/*') } },
  { operation: 'GetBucketPolicy', input: kept, expected: { Policy: /s3:GetObject/ } },
  { operation: 'DeleteBucketPolicy', input: kept },
  { operation: 'PutBucketLifecycleConfiguration', input: { ...kept, LifecycleConfiguration: { Rules: [{ ID: 'old', Status: 'Enabled', Filter: { Prefix: 'old/' }, Expiration: { Days: 30 } }] } } },
  { operation: 'GetBucketLifecycleConfiguration', input: kept, expected: { Rules: [{ ID: 'old', Expiration: { Days: 30 } }] } },
  { operation: 'DeleteBucketLifecycle', input: kept },
  {
    operation: 'PutBucketNotificationConfiguration',
    input: {
      ...kept,
      SkipDestinationValidation: true,
      NotificationConfiguration: { LambdaFunctionConfigurations: [{ Id: 'new', LambdaFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:none', Events: ['s3:ObjectCreated:*'] }] },
    },
  },
  { operation: 'GetBucketNotificationConfiguration', input: kept, expected: { LambdaFunctionConfigurations: [{ Id: 'new', Events: ['s3:ObjectCreated:*'] }] } },
  { operation: 'PutBucketVersioning', input: { ...kept, VersioningConfiguration: { Status: 'Enabled' } } },
  { operation: 'GetBucketVersioning', input: kept, expected: { Status: 'Enabled' } },
  { operation: 'PutObject', input: { ...note, Body: 'Remember' }, expected: { VersionId: /./ } },
  { operation: 'PutObjectTagging', input: { ...note, Tagging: tags } },
  { operation: 'GetObjectTagging', input: note, expected: tags },
  { operation: 'DeleteObjectTagging', input: note },
  { operation: 'ListObjectVersions', input: kept, expected: { Versions: [{ Key: 'note', IsLatest: true }] } },
  { operation: 'DeleteObject', input: (answers) => ({ ...note, VersionId: told(answers.PutObject, 'VersionId') }) },
  { operation: 'DeleteBucket', input: kept },
]

const streamArn = (answers: Answers<StreamsName>) => told(answers.ListStreams, 'Streams', 0, 'StreamArn')

const dynamodbstreams: Call<StreamsName>[] = [
  { operation: 'ListStreams', input: { TableName: WATCHED.table }, expected: { Streams: [{ TableName: WATCHED.table, StreamArn: /^arn:aws:dynamodb:/ }] } },
  { operation: 'DescribeStream', input: (answers) => ({ StreamArn: streamArn(answers) }), expected: { StreamDescription: { StreamStatus: 'ENABLED', Shards: [{ ShardId: /^shardId-/ }] } } },
  {
    operation: 'GetShardIterator',
    input: (answers) => ({
      StreamArn: streamArn(answers), ShardId: told(answers.DescribeStream, 'StreamDescription', 'Shards', 0, 'ShardId'), ShardIteratorType: 'TRIM_HORIZON',
    }),
    expected: { ShardIterator: /./ },
  },
  {
    operation: 'GetRecords',
    input: (answers) => ({ ShardIterator: told(answers.GetShardIterator, 'ShardIterator') }),
    expected: { Records: [{ eventName: 'INSERT', dynamodb: { NewImage: { id: { S: WATCHED.id } } } }], NextShardIterator: /./ },
  },
]

/** Times are ISO 8601; who calls with the JavaScript SDK makes dates of them. */
const lastHour = { StartTime: '2026-03-01T11:00:00Z', EndTime: '2026-03-01T12:01:00Z' }
const orders = { Namespace: 'Shop', MetricName: 'Orders' }
const alarmArn = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:many-orders'
const inStore = { Dimensions: [{ Name: 'Store', Value: 'A & B' }] }

const cloudwatch: Call<CloudwatchName>[] = [
  { operation: 'PutMetricData', input: { Namespace: 'Shop', MetricData: [{ MetricName: 'Orders', ...inStore, Values: [1, 2, 4.5], Counts: [1, 1, 2], Unit: 'Count' }] } },
  { operation: 'ListMetrics', input: { Namespace: 'Shop', Dimensions: [{ Name: 'Store' }] }, expected: { Metrics: [{ ...orders, ...inStore }] } },
  {
    operation: 'GetMetricStatistics',
    input: { ...orders, ...inStore, ...lastHour, Period: 60, Statistics: ['Sum', 'SampleCount'], ExtendedStatistics: ['p50'] },
    expected: { Label: 'Orders', Datapoints: [{ Sum: 12, SampleCount: 4, Unit: 'Count', ExtendedStatistics: { p50: 3.25 } }] },
  },
  {
    operation: 'GetMetricData',
    input: {
      ...lastHour,
      MetricDataQueries: [
        { Id: 'm1', MetricStat: { Metric: { ...orders, ...inStore }, Period: 60, Stat: 'Sum' }, ReturnData: false },
        { Id: 'rate', Expression: 'm1 / PERIOD(m1)', Label: 'Orders a second' },
      ],
    },
    expected: { MetricDataResults: [{ Id: 'rate', Label: 'Orders a second', Values: [0.2], StatusCode: 'Complete' }] },
  },
  {
    operation: 'PutDashboard',
    input: { DashboardName: 'orders', DashboardBody: '{"widgets":[]}' },
    expected: { DashboardValidationMessages: [] },
  },
  { operation: 'GetDashboard', input: { DashboardName: 'orders' }, expected: { DashboardBody: '{"widgets":[]}', DashboardArn: 'arn:aws:cloudwatch::000000000000:dashboard/orders' } },
  { operation: 'ListDashboards', input: { DashboardNamePrefix: 'ord' }, expected: { DashboardEntries: [{ DashboardName: 'orders', Size: 14 }] } },
  { operation: 'DeleteDashboards', input: { DashboardNames: ['orders'] } },
  {
    operation: 'PutMetricAlarm',
    input: { AlarmName: 'many-orders', ...orders, ...inStore, Statistic: 'Sum', Period: 300, EvaluationPeriods: 2, Threshold: 10.5, ComparisonOperator: 'GreaterThanThreshold', AlarmActions: ['arn:aws:sns:us-east-1:000000000000:oncall'] },
  },
  { operation: 'PutCompositeAlarm', input: { AlarmName: 'any', AlarmRule: 'ALARM("many-orders") OR FALSE' } },
  { operation: 'DescribeAlarms', input: { AlarmNamePrefix: 'many' }, expected: { MetricAlarms: [{ AlarmArn: alarmArn, StateValue: 'INSUFFICIENT_DATA', Threshold: 10.5, ...inStore }], CompositeAlarms: [] } },
  { operation: 'DescribeAlarmsForMetric', input: { ...orders, ...inStore }, expected: { MetricAlarms: [{ AlarmName: 'many-orders', Period: 300 }] } },
  { operation: 'DisableAlarmActions', input: { AlarmNames: ['many-orders'] } },
  { operation: 'EnableAlarmActions', input: { AlarmNames: ['many-orders'] } },
  { operation: 'SetAlarmState', input: { AlarmName: 'many-orders', StateValue: 'ALARM', StateReason: 'a rehearsal' } },
  { operation: 'DescribeAlarmHistory', input: { AlarmName: 'any', AlarmTypes: ['CompositeAlarm'], HistoryItemType: 'StateUpdate' }, expected: { AlarmHistoryItems: [{ AlarmType: 'CompositeAlarm', HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to ALARM' }] } },
  { operation: 'TagResource', input: { ResourceARN: alarmArn, Tags: [{ Key: 'team', Value: 'blue' }, { Key: 'stage', Value: 'test' }] } },
  { operation: 'UntagResource', input: { ResourceARN: alarmArn, TagKeys: ['stage'] } },
  { operation: 'ListTagsForResource', input: { ResourceARN: alarmArn }, expected: { Tags: [{ Key: 'team', Value: 'blue' }] } },
  { operation: 'DeleteAlarms', input: { AlarmNames: ['any', 'many-orders'] } },
]

const target = { ServiceNamespace: 'dynamodb', ResourceId: `table/${SCALED}`, ScalableDimension: 'dynamodb:table:ReadCapacityUnits' }
const policy = { ...target, PolicyName: 'reads' }
const nightly = { ...target, ScheduledActionName: 'nightly' }
const targetArn = ({ RegisterScalableTarget }: Answers) => told(RegisterScalableTarget, 'ScalableTargetARN')

const autoScaling: Call<AutoScalingName>[] = [
  // Clients from before 2023 do not show the target's ARN.
  { operation: 'RegisterScalableTarget', input: { ...target, MinCapacity: 10, MaxCapacity: 100 } },
  { operation: 'DescribeScalableTargets', input: { ServiceNamespace: 'dynamodb', ResourceIds: [target.ResourceId] }, expected: { ScalableTargets: [{ ...target, MinCapacity: 10, MaxCapacity: 100 }] } },
  {
    operation: 'PutScalingPolicy',
    input: { ...policy, PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: { TargetValue: 70.5, PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' } } },
    expected: { PolicyARN: /:policyName\/reads$/, Alarms: [{ AlarmName: /^TargetTracking-table\/visits-AlarmHigh-/ }, {}, {}, {}] },
  },
  { operation: 'DescribeScalingPolicies', input: { ServiceNamespace: 'dynamodb', PolicyNames: ['reads'] }, expected: { ScalingPolicies: [{ ...policy, TargetTrackingScalingPolicyConfiguration: { TargetValue: 70.5 } }] } },
  {
    // Registered with a minimum of 10, the table had 5.
    operation: 'DescribeScalingActivities',
    input: { ServiceNamespace: 'dynamodb', ResourceId: target.ResourceId },
    expected: { ScalingActivities: [{ ...target, Description: 'Setting read capacity units to 10.', StatusCode: 'Successful' }] },
  },
  { operation: 'PutScheduledAction', input: { ...nightly, Schedule: 'cron(0 2 * * ? *)', Timezone: 'Europe/Berlin', ScalableTargetAction: { MinCapacity: 5 } } },
  { operation: 'DescribeScheduledActions', input: { ServiceNamespace: 'dynamodb' }, expected: { ScheduledActions: [{ ...nightly, Schedule: 'cron(0 2 * * ? *)', ScalableTargetAction: { MinCapacity: 5 } }] } },
  { operation: 'TagResource', input: (answers) => ({ ResourceARN: targetArn(answers), Tags: { team: 'blue', stage: 'test' } }) },
  { operation: 'UntagResource', input: (answers) => ({ ResourceARN: targetArn(answers), TagKeys: ['stage'] }) },
  { operation: 'ListTagsForResource', input: (answers) => ({ ResourceARN: targetArn(answers) }), expected: { Tags: { team: 'blue' } } },
  { operation: 'DeleteScheduledAction', input: nightly },
  { operation: 'DeleteScalingPolicy', input: policy },
  { operation: 'DeregisterScalableTarget', input: target },
  { operation: 'DeregisterScalableTarget', input: target, fails: /ObjectNotFoundException/ },
]

export const conversations = { 'application-autoscaling': autoScaling, cloudwatch, dynamodb, dynamodbstreams, rekognition, s3 }

export type ServiceName = keyof typeof conversations
