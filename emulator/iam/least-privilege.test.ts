import { test } from 'tap'
import { leastPrivilege } from './least-privilege.ts'

const call = (...access: [action: string, resource: string][]) =>
  ({ access: access.map(([action, resource]) => ({ action, resource, decision: 'allowed' as const })) })

test('actions on the same resources share a statement; objects are those of their bucket', (t) => {
  const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders'
  t.same(leastPrivilege([
    call(['dynamodb:PutItem', table]),
    call(['dynamodb:GetItem', table], ['dynamodb:Query', `${table}/index/by-day`], ['dynamodb:Query', table]),
    call(['dynamodb:GetItem', table]),
    call(['s3:GetObject', 'arn:aws:s3:::photos/a.png'], ['s3:GetObject', 'arn:aws:s3:::photos/b/c.png']),
    call(['s3:ListBucket', 'arn:aws:s3:::photos']),
    call(['dynamodb:GetRecords', `${table}/stream/2026-03-01T12:00:00.000`]),
    call(['rekognition:DetectFaces', '*']),
    {},
  ]), {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: table },
      { Effect: 'Allow', Action: ['dynamodb:GetRecords'], Resource: `${table}/stream/*` },
      { Effect: 'Allow', Action: ['dynamodb:Query'], Resource: [table, `${table}/index/by-day`] },
      { Effect: 'Allow', Action: ['rekognition:DetectFaces'], Resource: '*' },
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::photos/*' },
      { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: 'arn:aws:s3:::photos' },
    ],
  })
  t.end()
})
