import { scenario } from '../kit/scenario.ts'

export default scenario('face: reading a missing record costs half a read unit', {
  seed: '001',
  pattern: 'get one',
  async run ({ api, given, expectCalls, check }) {
    const userId = given.userId()

    const response = await api.get(`/api/registrations/${userId}/face`)

    check.status(response, 404)
    check.equal(response.body.message, `No face record found for userId: ${userId}`, 'it has the seed\'s message')
    await expectCalls(response, [{ service: 'dynamodb', operation: 'GetItem', table: 'faces', readUnits: 0.5 }])
  },
})
