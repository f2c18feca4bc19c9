import { deleteSetting, getSetting, putSetting, type Setting } from '../../configuration/setting.ts'
import { noSuchTagSet } from '../../errors.ts'
import { readTagging, taggingElements } from '../../tagging/tags.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html

const tagging: Setting<'tags'> = {
  name: 'tags',
  root: 'Tagging',
  read: (content, { limits }) => readTagging(content, 'bucket', limits),
  write: taggingElements,
  missing: noSuchTagSet,
}

export const putBucketTagging = putSetting(tagging, { status: 204, checked: true })
export const getBucketTagging = getSetting(tagging)
export const deleteBucketTagging = deleteSetting(tagging)
