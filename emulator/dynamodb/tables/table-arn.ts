import { notAuthorized, validation } from '../errors.ts'

const NAME = /^[a-zA-Z0-9_.-]{3,255}$/

/**
 * The name of the table that an ARN names; DynamoDB accepts an ARN wherever it accepts a table's name.
 * @param action  the operation with this argument
 * @throws ValidationException unless it is the ARN of a table in the region; AccessDeniedException for one of another account,
 * which a resource policy would have to allow
 */
export function tableOfArn (arn: string, { account, region }: { account: string, region: string }, action: string): string {
  const [, , service, arnRegion, arnAccount, ...rest] = arn.split(':')
  const [type, name = '', ...more] = rest.join(':').split('/')
  const refuse = (constraint: string) => validation(`1 validation error detected: Value '${arn}' at 'tableName' failed to satisfy constraint: ${constraint}`)
  if (service === 'dynamodb' && type !== 'table' && name) throw refuse('Invalid resource type')
  if (service !== 'dynamodb' || !NAME.test(name) || more.length > 0) {
    throw refuse('Valid ARN format is \'arn:<awsPartition>:<vendor>:<region>:<subscriber>:resourceType/resourceName\', ' +
      'where Resource name must have length less than or equal to 255, Resource name must have length greater than or equal to 3, ' +
      'Resource name must satisfy regular expression pattern: [a-zA-Z0-9_.-]+')
  }
  if (arnRegion !== region) throw validation(`1 validation error detected: Invalid AWS region in '${arn}'`)
  if (arnAccount !== account) throw notAuthorized({ account, action, resource: arn })
  return name
}
