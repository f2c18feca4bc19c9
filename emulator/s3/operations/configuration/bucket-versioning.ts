import { getSetting, putSetting, type Setting } from '../../configuration/setting.ts'
import { illegalVersioning, notEmulated } from '../../errors.ts'
import { childrenOf, wordOf } from '../../requests/document-reading.ts'
import { refuseHeaders } from '../../requests/shape.ts'
import type { VersioningStatus } from '../../storage/records.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html
// Versioning can be suspended, but a bucket is never again without it.

const STATUSES: readonly VersioningStatus[] = ['Enabled', 'Suspended']

const versioning: Setting<'versioning'> = {
  name: 'versioning',
  root: 'VersioningConfiguration',
  read (content) {
    const { Status, MfaDelete } = childrenOf(content, ['Status', 'MfaDelete'])
    if (MfaDelete !== undefined && wordOf(MfaDelete, ['Enabled', 'Disabled']) === 'Enabled') throw notEmulated({ element: 'VersioningConfiguration.MfaDelete' })
    if (Status === undefined) throw illegalVersioning()
    return wordOf(Status, STATUSES)
  },
  write: (Status) => ({ Status }),
}

export const putBucketVersioning = putSetting(versioning, { refused: refuseHeaders('x-amz-mfa') })
export const getBucketVersioning = getSetting(versioning)
