import { corsElements, readCorsRules } from '../../configuration/cors.ts'
import { deleteSetting, getSetting, putSetting, type Setting } from '../../configuration/setting.ts'
import { noSuchCorsConfiguration } from '../../errors.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html

const cors: Setting<'cors'> = { name: 'cors', root: 'CORSConfiguration', read: readCorsRules, write: corsElements, missing: noSuchCorsConfiguration }

export const putBucketCors = putSetting(cors, { checked: true })
export const getBucketCors = getSetting(cors)
export const deleteBucketCors = deleteSetting(cors)
