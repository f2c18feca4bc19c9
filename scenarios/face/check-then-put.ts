import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { scenario } from '../kit/scenario.ts'

export default scenario('face: the seed\'s check followed by a put is a race: both requests succeed, and one record is lost', {
  seed: '001',
  pattern: 'create',
  // It writes to the table behind the API's back.
  environment: {},
  async run ({ api, given, emulator: { documents }, check, tables: { faces: TableName } }) {
    const userId = given.userId()
    const find = () => documents.send(new GetCommand({ TableName, Key: { userId } }))
    const put = (faceId: string, condition?: string) =>
      documents.send(new PutCommand({ TableName, Item: { userId, faceId }, ConditionExpression: condition }))

    // As `storeFaceRecord()` does: validateBeforeVerification(), then a put without a condition. Both check first.
    const [one, other] = await Promise.all([find(), find()])
    check.ok(!one.Item && !other.Item, 'both requests find no record')
    await put('face_one')
    await put('face_other')
    check.equal((await find()).Item?.faceId as string, 'face_other', 'both requests succeed, and the first record is lost')

    const refused = await put('face_third', 'attribute_not_exists(userId)').then(() => 'stored', (error: Error) => error.name)
    check.equal(refused, 'ConditionalCheckFailedException', 'with a condition, DynamoDB itself refuses the second')
    check.status(await api.get(`/api/registrations/${userId}/face/validate-before-creation`), 409)
  },
})
