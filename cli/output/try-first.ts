import type { Sandtable } from '../../sandtable.ts'
import type { Config } from '../../server/config.ts'
import type { FaceDemo } from '../../server/features/face/demo.ts'
import { reachable } from '../targets/addresses.ts'

export interface Running extends Pick<Sandtable, 'apiUrl' | 'emulatorUrl' | 'demo'> {
  config: Config
  /** Where the API's tables and objects are. */
  endpoints: { dynamodb: string, s3: string }
}

/** Commands that a new user may paste first, each with its purpose. */
export function tryFirst ({ config, demo, endpoints, ...urls }: Running): string[] {
  const api = reachable(urls.apiUrl)
  const emulator = reachable(urls.emulatorUrl)
  const { bucket, region } = config.aws
  const { events } = config.face.tables
  const dynamodb = awsCli(reachable(endpoints.dynamodb), region)
  const s3 = awsCli(reachable(endpoints.s3), region)
  const token = tokenFor(demo, { auth: config.auth, emulator })
  const curl = token ? 'curl -H "$token"' : 'curl'
  const tries: Try[] = demo
    ? [
        [`verify Ada's face for the demo event (201${config.face.design === 'single' ? '; the second time 409' : ''})`,
          `${curl} -X POST ${api}/api/registrations/${demo.registrationId}/validate-face-image \\`,
          `  -H 'content-type: application/json' -d '{"faceImageKey":"${demo.sameFaceKey}"}'`],
        ['the stored record', `${curl} ${api}${STORED[config.face.design].path(demo)}`],
        ['the same in DynamoDB', ...dynamodb(STORED[config.face.design].command(config, demo))],
        ['the portraits in S3', ...s3(`s3 ls s3://${bucket}/ --recursive`)],
      ]
    : [
        ['an event with two places', `${curl} -X POST ${api}/api/events -H 'content-type: application/json' -d '{"name":"First event","capacity":2}'`],
        ['the same in DynamoDB', ...dynamodb(`dynamodb scan --table-name ${events}`)],
        ['a bucket of your own', ...s3('s3 mb s3://my-bucket')],
      ]
  if (token) tries.unshift(token)
  tries.push(['a month later', `npx sandtable clock advance 31d --emulator ${emulator}`])
  return ['', consoleLine(emulator), '', 'What to try first:', ...tries.flatMap(([what, ...lines]) => ['', `  # ${what}`, ...lines.map((line) => `  ${line}`)]), '']
}

/** Where each design stores the result of a verification: in the API, and in DynamoDB. */
const STORED = {
  single: {
    path: ({ userId }: FaceDemo) => `/api/registrations/${userId}/face`,
    command: ({ face: { tables } }: Config, { userId }: FaceDemo) =>
      `dynamodb get-item --table-name ${tables.faces} --key '{"userId":{"S":"${userId}"}}' --projection-expression 'faceId, confidence, quality'`,
  },
  history: {
    path: ({ userId }: FaceDemo) => `/api/registrations/${userId}/face-validation/history`,
    command: ({ face: { tables } }: Config, { userId, registrationId }: FaceDemo) =>
      `dynamodb get-item --table-name ${tables.history} --key '{"userId":{"S":"${userId}"},"registrationId":{"S":"${registrationId}"}}' --projection-expression 'confidence, quality, attempts'`,
  },
}

type Try = [what: string, ...lines: string[]]

/** How to get the token that the other commands need, where one is needed. */
function tokenFor (demo: Running['demo'], { auth, emulator }: { auth: Config['auth'], emulator: string }): Try | undefined {
  if (auth.mode === 'open') return undefined
  if (auth.issuer !== undefined) return [`a token of ${auth.issuer}, of somebody in the group admin`, 'token="authorization: Bearer ..."']
  const [what, whom] = demo ? [`a token of ${demo.userId}`, `--sub ${demo.userId}`] : ['a token of an admin', '--sub grace --group admin']
  const client = auth.audience.includes('sandtable') ? '' : ` --client ${auth.audience[0]}`
  return [`${what}, good for an hour`, `token="authorization: Bearer $(npx sandtable token ${whom}${client} --emulator ${emulator})"`]
}

/** The address of the web page. */
export const consoleLine = (emulator: string): string => `The console, in a browser: ${emulator}/_sandtable/console/`

/** The AWS CLI with an endpoint that accepts any key; nothing in the user's own account is read or changed. */
export const awsCli = (endpoint: string, region: string) => (command: string): string[] => [
  'AWS_ACCESS_KEY_ID=sandtable AWS_SECRET_ACCESS_KEY=sandtable \\',
  `  aws --endpoint-url ${endpoint} --region ${region} ${command}`,
]
