import fastJson from 'fast-json-stringify'
import fp from 'fastify-plugin'

/**
 * Writes answers by the schemas that routes declare. A schema is compiled when the first answer needs it: most of a route's
 * are of errors that never come, and compiling all of them took half of the time of starting.
 */
export const serialization = fp((app, _options, done) => {
  app.setSerializerCompiler<object>(({ schema }) => {
    let write: ((answer: unknown) => string) | undefined
    return (answer: unknown) => {
      write ??= fastJson(schema)
      return write(answer)
    }
  })
  done()
}, { name: 'serialization', fastify: '5.x' })
