import { scenario } from 'sandtable/scenarios'

export default scenario('notes: a note is one PutItem, and is read again by one GetItem', {
  seed: 'our wiki, page "Notes"',
  pattern: 'write a note',
  async run ({ api, given, check, expectCalls }) {
    const path = `/notes/${given.userId()}`
    const put = await api.send('PUT', path, { body: JSON.stringify({ text: 'Buy milk' }) })
    check.status(put, 201)
    await expectCalls(put, [{ service: 'dynamodb', operation: 'PutItem', table: 'notes', writeUnits: 1 }])

    const get = await api.send('GET', path)
    check.equal(JSON.parse(get.text).text, 'Buy milk', 'the text is there')
    await expectCalls(get, [{ service: 'dynamodb', operation: 'GetItem', table: 'notes', readUnits: 0.5 }])
  },
})
