import type { CallAccess } from '../../core/access.ts'
import { systemTime, type VirtualClock } from '../../core/clock.ts'
import { isAccountId } from '../../core/context.ts'
import type { CredentialProblem, CredentialScope } from '../../core/credentials.ts'
import type { WireRequest } from '../../core/wire.ts'
import type { IamDirectory } from '../directory.ts'
import { callerOf, type Caller } from '../principals/caller.ts'
import type { IamStore } from '../principals/iam-store.ts'
import { isSignature, sha256, Signatures } from '../signatures/signature.ts'
import { givenSignature, skewProblem, verifySignature } from '../signatures/verify.ts'
import { CheckedAccess, KnownCaller, rootAccess } from './call-access.ts'
import type { CallOrigin } from './condition-keys.ts'

/** `off`: every key may do everything. `audit`: policies are evaluated, and nothing is refused. `on`: they are enforced, and signatures verified. */
export type IamMode = 'off' | 'audit' | 'on'

export interface RootCredentials { readonly accessKeyId: string, readonly secretAccessKey: string }

export interface AuthorityOptions {
  mode: IamMode
  /** Keys of the account's root; keys that are accounts have the secret of the first. */
  roots: readonly RootCredentials[]
  accountId: string
  directory: IamDirectory
  clock: VirtualClock
}

/** The signature of a form, of a text rather than of the request. */
export interface SignedForm {
  /** `20260301/us-east-1/s3/aws4_request` */
  readonly scope: string
  readonly text: string
  readonly signature: string
  readonly token: string | undefined
}

/** Who sent a request, and what has to be checked yet. */
export interface Admission {
  readonly problem?: CredentialProblem
  readonly access?: CallAccess
  /** Set when the signature covers the body: to be called when it has come. */
  readonly verify?: (body: Uint8Array) => CredentialProblem | undefined
}

const INVALID_TOKEN = 'The security token included in the request is invalid.'
const EXPIRED_TOKEN = 'The security token included in the request is expired'

/** Callers whose compiled policies are kept. */
const MOST_CALLERS = 1000

const OFF: Admission = {}

/** Knows who may call, by the mode that IAM is in. */
export class Authority {
  /** May be changed at any time: from the next request on. */
  mode: IamMode
  readonly #options: AuthorityOptions
  readonly #signatures = new Signatures()
  readonly #known = new Map<string, KnownCaller>()

  constructor (options: AuthorityOptions) {
    this.mode = options.mode
    this.#options = options
  }

  /** The access of calls within this process: the account's root. */
  get inProcess (): CallAccess | undefined {
    return this.mode === 'off' ? undefined : rootAccess
  }

  /**
   * Who sent a request with credentials that can be read; with others, `scope` is `undefined`.
   * @param form  the signature of a form, whose credentials are in its fields
   */
  admit (request: WireRequest, scope: CredentialScope | undefined, now: number, form?: SignedForm): Admission {
    if (this.mode === 'off') return scope && scope.accessKeyId.startsWith('ASIA') ? this.#expiry(scope.accessKeyId, now) : OFF
    if (!scope) return { access: this.#anonymous(request) }
    const { accessKeyId } = scope
    const issued = this.#options.directory.credentials(accessKeyId)
    if (!issued) return this.#admitRoot(request, scope, now, form)
    const { store, credentials } = issued
    if ('token' in credentials) {
      if (credentials.expiresAt <= now) return { problem: { code: 'ExpiredTokenException', message: EXPIRED_TOKEN } }
      const token = form ? form.token : request.headers['x-amz-security-token'] ?? request.query.get('X-Amz-Security-Token')
      if (this.mode === 'on' && token !== credentials.token) return { problem: invalidKey(accessKeyId, true) }
    } else if (this.mode === 'on' && credentials.status === 'Inactive') {
      return { problem: invalidKey(accessKeyId) }
    }
    const known = this.#caller(accessKeyId, store)
    if (!known) return { problem: invalidKey(accessKeyId) }
    const access = known.caller.kind === 'root' ? rootAccess : new CheckedAccess(known, new RequestOrigin(request), this.mode === 'audit')
    return this.#withSignature(access, { request, scope, secret: credentials.secret, now, form })
  }

  #expiry (accessKeyId: string, now: number): Admission {
    const problem = this.#options.directory.problemOf(accessKeyId, now)
    return problem ? { problem } : OFF
  }

  /** The key of the environment, and keys that are accounts, which have its secret. */
  #admitRoot (request: WireRequest, scope: CredentialScope, now: number, form?: SignedForm): Admission {
    const { roots } = this.#options
    const root = roots.find(({ accessKeyId }) => accessKeyId === scope.accessKeyId) ?? (isAccountId(scope.accessKeyId) ? roots[0] : undefined)
    if (this.mode === 'on' && !root) return { problem: invalidKey(scope.accessKeyId) }
    return this.#withSignature(rootAccess, { request, scope, secret: root?.secretAccessKey ?? '', now, form })
  }

  #withSignature (access: CallAccess, { request, scope, secret, now, form }: { request: WireRequest, scope: CredentialScope, secret: string, now: number, form?: SignedForm }): Admission {
    if (this.mode !== 'on') return { access }
    if (form) {
      const { text, signature } = form
      if (isSignature(signature, this.#signatures.sign(secret, form.scope, text))) return { access }
      return { problem: { code: 'InvalidSignatureException', message: '', details: { accessKeyId: scope.accessKeyId, stringToSign: text, canonical: '', signature } } }
    }
    const given = givenSignature(request)
    const { clock } = this.#options
    // How long a presigned request lasts is its own affair, which S3 checks.
    const skewed = given.presigned ? undefined : skewProblem(given.date, { now, machine: systemTime(), movedAt: clock.movedAt })
    if (skewed) return { problem: skewed }
    if (scope.service !== 's3') {
      return { access, verify: (body) => verifySignature(this.#signatures, { request, given, secret, payloadHash: sha256(body), isS3: false }) }
    }
    const payloadHash = given.presigned ? 'UNSIGNED-PAYLOAD' : request.headers['x-amz-content-sha256'] ?? ''
    const problem = verifySignature(this.#signatures, { request, given, secret, payloadHash, isS3: true })
    return problem ? { problem: { ...problem, details: { ...problem.details, accessKeyId: scope.accessKeyId } } } : { access }
  }

  #anonymous (request: WireRequest): CallAccess {
    const { directory, accountId } = this.#options
    const caller: Caller = { kind: 'anonymous', account: accountId }
    return new CheckedAccess(new KnownCaller(directory.find(accountId) ?? NO_STORE, caller), new RequestOrigin(request), this.mode === 'audit')
  }

  #caller (accessKeyId: string, store: IamStore): KnownCaller | undefined {
    const kept = this.#known.get(accessKeyId)
    if (kept?.isCurrentIn(store)) return kept
    const caller = callerOf(store, accessKeyId)
    if (!caller) return undefined
    const known = new KnownCaller(store, caller)
    if (this.#known.size >= MOST_CALLERS) this.#known.clear()
    this.#known.set(accessKeyId, known)
    return known
  }
}

/** Of an account in which nobody was ever made. */
const NO_STORE = { version: 0 } as IamStore // an anonymous caller has nothing in any store

const invalidKey = (accessKeyId: string, token = false): CredentialProblem => ({ code: 'UnrecognizedClientException', message: INVALID_TOKEN, details: token ? { token: true } : { accessKeyId } })

/** Reads of a request what a policy asks for. */
class RequestOrigin implements CallOrigin {
  readonly #request: WireRequest

  constructor (request: WireRequest) {
    this.#request = request
  }

  get sourceIp (): string | undefined {
    return this.#request.socket?.remoteAddress?.replace(/^::ffff:/, '')
  }

  get userAgent (): string | undefined {
    return this.#request.headers['user-agent']
  }
}
