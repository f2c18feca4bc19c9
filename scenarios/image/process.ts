import { scenario } from '../kit/scenario.ts'

/** The steps of an event stream, in the order in which they arrive. */
const stepsOf = (text: string) => [...text.matchAll(/^event: step\ndata: (.*)$/gm)].map(([, json]) => {
  const { step, status } = JSON.parse(json!) as { step: string, status: string } // as the route documents it
  return `${step} ${status}`
})

export default scenario('images: the processing steps are streamed, up to the last one', {
  seed: '002',
  pattern: 'follow the processing',
  async run ({ api, given, expectCalls, check }) {
    const { userId } = await given.owner({ defaultImageSize: 'small', watermarkText: 'John\'s Photos' })
    const image = await given.image({ userId, fields: { description: 'Family vacation photo' } })

    check.equal(image.status, 'completed', 'it is completed')
    check.equal(image.processedAt, image.completedAt, 'it says since when')
    check.match(image.processingSteps.validation, { status: 'completed', result: 'valid' }, 'it is valid')
    check.match(image.processingSteps.resize, { dimensions: { original: { width: 320, height: 400 }, processed: { width: 240, height: 300 } } }, 'it fits into the preference\'s size')
    check.match(image.processingSteps.watermark, { watermarkType: 'text', watermarkText: 'John\'s Photos' }, 'it has the preference\'s text')

    const events = await api.send('GET', `/api/images/${image.imageId}/events?userId=${userId}`)
    check.equal(stepsOf(events.text), ['validation completed', 'resize completed', 'watermark completed'], 'a late client gets past events')
    check.ok(events.text.endsWith(`event: status\ndata: {"imageId":"${image.imageId}","status":"completed"}\n\n`), 'the stream ends with the last status')
    await expectCalls(events, [
      { service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: 0.5 },
      { service: 'dynamodb', operation: 'GetItem', table: 'images', readUnits: 1 },
    ])

    const corrupt = await given.image({ userId, file: (await given.portrait()).slice(0, 5000) })
    check.equal(corrupt.status, 'failed', 'a corrupt image ends as failed')
    check.ok(/cannot be decoded/.test(corrupt.processingSteps.validation.error ?? ''), 'with the reason')
  },
})
