import { scenario } from 'sandtable/scenarios'

export default scenario('notes: a missing note is a 404', {
  seed: 'our wiki, page "Notes"',
  pattern: 'read a note',
  async run ({ api, given, check, expectCalls }) {
    const get = await api.send('GET', `/notes/${given.userId()}`)
    check.status(get, 404)
    // Without a list: the calls that `--record` has written to missing-note.calls.json.
    await expectCalls(get)
  },
})
