import { lifecycleElements, readLifecycle } from '../../configuration/lifecycle.ts'
import { deleteSetting, getSetting, putSetting, type Setting } from '../../configuration/setting.ts'
import { noSuchLifecycle } from '../../errors.ts'

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html

const lifecycle: Setting<'lifecycle'> = { name: 'lifecycle', root: 'LifecycleConfiguration', read: readLifecycle, write: lifecycleElements, missing: noSuchLifecycle }

export const putBucketLifecycleConfiguration = putSetting(lifecycle, { checked: true, refused: [{ header: 'x-amz-transition-default-minimum-object-size', unless: ['all_storage_classes_128k'] }] })
export const getBucketLifecycleConfiguration = getSetting(lifecycle)
export const deleteBucketLifecycle = deleteSetting(lifecycle)
