import type { XmlElements } from '../../core/protocol/xml.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { corsForbidden, corsInsufficient, corsNotEnabled, invalidRequest, malformedXml, type S3Error } from '../errors.ts'
import type { XmlDocument } from '../requests/document-body.ts'
import { childrenOf, integerOf, listOf, requiredText, textOf } from '../requests/document-reading.ts'

/** One rule of a bucket's CORS configuration. Origins and headers may have one asterisk. */
export interface CorsRule {
  id?: string
  origins: readonly string[]
  methods: readonly string[]
  headers: readonly string[]
  exposed: readonly string[]
  maxAgeSeconds?: number
}

type Headers = Readonly<Record<string, string | undefined>>

const METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE']
const MOST_RULES = 100
const LONGEST_ID = 255

/**
 * The rules of a `CORSConfiguration`.
 * @throws MalformedXML, InvalidRequest
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
 */
export function readCorsRules (document: XmlDocument): CorsRule[] {
  const rules = listOf(childrenOf(document, ['CORSRule']).CORSRule)
  if (rules.length === 0) throw malformedXml()
  if (rules.length > MOST_RULES) throw invalidRequest(`The number of CORS rules should not exceed allowed limit of ${MOST_RULES} rules.`)
  return rules.map(readRule)
}

function readRule (element: unknown): CorsRule {
  const found = childrenOf(element, ['ID', 'AllowedOrigin', 'AllowedMethod', 'AllowedHeader', 'ExposeHeader', 'MaxAgeSeconds'])
  const id = textOf(found.ID)
  const origins = listOf(found.AllowedOrigin).map(requiredText)
  const methods = listOf(found.AllowedMethod).map(requiredText)
  const headers = listOf(found.AllowedHeader).map(requiredText)
  const exposed = listOf(found.ExposeHeader).map(requiredText)
  const maxAgeSeconds = integerOf(found.MaxAgeSeconds)
  if (origins.length === 0 || methods.length === 0 || (id?.length ?? 0) > LONGEST_ID || (maxAgeSeconds ?? 0) < 0) throw malformedXml()
  for (const method of methods) {
    if (!METHODS.includes(method)) throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${method}`)
  }
  for (const [name, patterns] of [['AllowedOrigin', origins], ['AllowedHeader', headers]] as const) {
    const wild = patterns.find((pattern) => pattern.split('*').length > 2)
    if (wild !== undefined) throw invalidRequest(`${name} "${wild}" can not have more than one wildcard.`)
  }
  const wild = exposed.find((header) => header.includes('*'))
  if (wild !== undefined) throw invalidRequest(`ExposeHeader "${wild}" contains wildcard. We currently do not support wildcard for ExposeHeader.`)
  return { ...(id === undefined ? {} : { id }), origins, methods, headers, exposed, ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }) }
}

/** The content of a `CORSConfiguration`. */
export const corsElements = (rules: readonly CorsRule[]): XmlElements => ({
  CORSRule: rules.map(({ id, origins, methods, headers, exposed, maxAgeSeconds }) => ({
    ID: id,
    AllowedMethod: methods,
    AllowedOrigin: origins,
    AllowedHeader: headers,
    ExposeHeader: exposed,
    MaxAgeSeconds: maxAgeSeconds,
  })),
})

/** The request that a preflight asks for. */
const ASKED_METHOD = 'access-control-request-method'
const ASKED_HEADERS = 'access-control-request-headers'

const namesIn = (list: string | undefined): string[] => (list ?? '').split(',').map((name) => name.trim().toLowerCase()).filter((name) => name !== '')

/** The headers that allow what a preflight asks for; `undefined` if no rule does. */
export function allowedPreflight (rules: readonly CorsRule[], headers: Headers): Record<string, string> | undefined {
  const { origin, [ASKED_METHOD]: method } = headers
  if (origin === undefined || method === undefined) return undefined
  const asked = namesIn(headers[ASKED_HEADERS])
  const rule = rules.find((rule) => allows(rule, origin, method) &&
    asked.every((name) => rule.headers.some((pattern) => matchesWildcard(name, pattern.toLowerCase()))))
  return rule && { ...answerOf(rule, origin), ...(asked.length === 0 ? {} : { 'access-control-allow-headers': asked.join(', ') }) }
}

/** The headers with which the answer to a request may be read by the page that sent it. */
export function allowedAnswer (rules: readonly CorsRule[], origin: string, method: string): Record<string, string> {
  const rule = rules.find((rule) => allows(rule, origin, method))
  return rule ? answerOf(rule, origin) : {}
}

/** The error of a preflight that is not allowed. */
export function preflightRefusal (rules: readonly CorsRule[] | undefined, headers: Headers, resourceType: string): S3Error {
  if (!rules) return corsNotEnabled('OPTIONS', resourceType)
  if (headers['origin'] === undefined) return corsInsufficient('Insufficient information. Origin request header needed.')
  const method = headers[ASKED_METHOD]
  if (method === undefined || !METHODS.includes(method)) return corsInsufficient(`Invalid Access-Control-Request-Method: ${method ?? 'null'}`)
  return corsForbidden(method, resourceType)
}

const allows = (rule: CorsRule, origin: string, method: string): boolean =>
  rule.methods.includes(method) && rule.origins.some((pattern) => matchesWildcard(origin, pattern))

function answerOf ({ origins, methods, exposed, maxAgeSeconds }: CorsRule, origin: string): Record<string, string> {
  const any = origins.find((pattern) => matchesWildcard(origin, pattern)) === '*'
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-allow-methods': methods.join(', '),
    ...(exposed.length === 0 ? {} : { 'access-control-expose-headers': exposed.join(', ') }),
    ...(maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(maxAgeSeconds) }),
    ...(any ? {} : { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  }
}
