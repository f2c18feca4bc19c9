import readExif from 'exif-reader'

const LONGEST = 200
const UNPRINTABLE = /\p{Cc}/gu

/** The camera that EXIF names: maker and model, which for many makers has the maker in it. */
export function cameraOf (exif: Buffer | undefined): string | undefined {
  const { Make, Model } = tagsOf(exif)
  const [make, model] = [Make, Model].map((tag) => typeof tag === 'string' ? tag.replaceAll(UNPRINTABLE, '').trim() : '') as [string, string] // of two
  const isRepeated = make !== '' && model.toLowerCase().startsWith(make.split(' ', 1)[0]!.toLowerCase())
  const camera = isRepeated ? model : `${make} ${model}`.trim()
  return camera === '' ? undefined : camera.slice(0, LONGEST)
}

/** EXIF that is broken is as good as none. */
function tagsOf (exif: Buffer | undefined): { Make?: unknown, Model?: unknown } {
  try {
    return (exif && readExif(exif).Image) ?? {}
  } catch {
    return {}
  }
}
