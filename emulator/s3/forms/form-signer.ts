import type { Context } from '../../core/context.ts'
import type { CredentialProblem } from '../../core/credentials.ts'
import type { WireRequest } from '../../core/wire.ts'
import { accessDenied, credentialsRefused, invalidArgument, invalidRequest } from '../errors.ts'
import type { Signer } from '../requests/authentication.ts'
import type { PostForm } from './post-form.ts'

/** The signature of a form: it signs the policy. */
export interface FormSignature {
  accessKeyId: string
  region: string
  /** `20260301/us-east-1/s3/aws4_request` */
  scope: string
  /** The policy as it was sent, in base64. */
  text: string
  signature: string
  token: string | undefined
}

/** The context of a form's sender, and what is wrong with its key or signature. */
export type AdmitForm = (signature: FormSignature, request: WireRequest, ctx: Context) => { context: Context, problem?: CredentialProblem }

const missing = (name: string, value = '') =>
  invalidArgument(`Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`, name, value)

/**
 * Finds who sends a form. Policies of buckets may allow one that is not signed.
 * @throws AccessDenied, InvalidArgument, and the errors of credentials
 */
export function formSigner ({ fields }: PostForm, request: WireRequest, { ctx, admit }: { ctx: Context, admit: AdmitForm }): { signer: Signer, context: Context } {
  const { policy, 'x-amz-signature': signature, awsaccesskeyid: version2 } = fields
  if (policy === undefined && signature === undefined && version2 === undefined) {
    if (!ctx.access) throw accessDenied()
    return { context: ctx, signer: { account: ctx.account, accessKeyId: undefined, region: undefined, version: 4, inQuery: false } }
  }
  if (policy === undefined) throw missing('policy')
  if (version2 !== undefined) {
    if (fields['signature'] === undefined) throw missing('signature')
    if (ctx.access) throw invalidRequest('The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.')
    const { context } = admit({ accessKeyId: version2, region: ctx.region, scope: '', text: policy, signature: '', token: undefined }, request, ctx)
    return { context, signer: { account: context.account, accessKeyId: version2, region: undefined, version: 2, inQuery: false } }
  }
  if (signature === undefined) throw missing('X-Amz-Signature')
  for (const name of ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date']) if (fields[name.toLowerCase()] === undefined) throw missing(name)
  if (fields['x-amz-algorithm'] !== 'AWS4-HMAC-SHA256') {
    throw invalidArgument('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"', 'X-Amz-Algorithm', fields['x-amz-algorithm'])
  }
  const credential = fields['x-amz-credential']!
  const [accessKeyId = '', date, region = '', service, end, ...rest] = credential.split('/')
  if (!accessKeyId || !date || !region || service !== 's3' || end !== 'aws4_request' || rest.length > 0) {
    throw invalidArgument('Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".', 'X-Amz-Credential', credential)
  }
  const scope = credential.slice(accessKeyId.length + 1)
  const { context, problem } = admit({ accessKeyId, region, scope, text: policy, signature, token: fields['x-amz-security-token'] }, request, ctx)
  if (problem) throw credentialsRefused(problem, undefined, ctx.startedAt)
  return { context, signer: { account: context.account, accessKeyId, region, version: 4, inQuery: false } }
}
