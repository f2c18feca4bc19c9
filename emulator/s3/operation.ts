import type { Operation } from '../core/operation.ts'
import type { RestXmlAnswer } from '../core/protocol/rest-xml.ts'
import type { S3Context } from './context.ts'
import type { InputOf, S3Shape } from './requests/shape.ts'

/** An operation of S3; its input is what its shape reads from a request. */
export type S3Operation<T extends S3Shape = any> = Operation<S3Context, InputOf<T>, RestXmlAnswer, T> // eslint-disable-line @typescript-eslint/no-explicit-any -- one table holds operations of every shape

/** The namespace of S3's documents. */
export const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'
