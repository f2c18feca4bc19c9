import { useEffect, useState, type ReactNode } from 'react'
import type { BoundingBox, Landmark } from '@aws-sdk/client-rekognition'
import FileUpload from '@cloudscape-design/components/file-upload'
import FormField from '@cloudscape-design/components/form-field'

export interface Picture { file: File, bytes: Uint8Array<ArrayBuffer> }

/** A field for a picture, which may be dropped on it. */
export function PictureField ({ label, picture, onChange }: { label: string, picture: Picture | undefined, onChange: (picture: Picture | undefined) => void }) {
  return (
    <FormField label={label}>
      <FileUpload
        accept='image/png,image/jpeg'
        value={picture ? [picture.file] : []}
        constraintText='PNG or JPEG'
        i18nStrings={{ uploadButtonText: () => 'Choose a picture', dropzoneText: () => 'Drop the picture', removeFileAriaLabel: () => 'Remove the picture', limitShowFewer: '', limitShowMore: '', errorIconAriaLabel: 'Error' }}
        onChange={({ detail }) => {
          const file = detail.value[0]
          if (!file) onChange(undefined)
          else void file.arrayBuffer().then((bytes) => onChange({ file, bytes: new Uint8Array(bytes) }))
        }}
      />
    </FormField>
  )
}

export interface Mark { box: BoundingBox | undefined, label: string, landmarks?: readonly Landmark[] }

/** A picture with what was found in it. */
export function MarkedPicture ({ picture, marks, children }: { picture: Picture, marks: readonly Mark[], children?: ReactNode }) {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(picture.file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [picture])
  const percent = (part: number | undefined) => `${(part ?? 0) * 100}%`
  return (
    <div style={{ position: 'relative', display: 'inline-block', maxInlineSize: 500 }}>
      <img src={url} alt={`${marks.length} faces are marked in the picture`} style={{ display: 'block', maxInlineSize: '100%' }} />
      <svg aria-hidden='true' style={{ position: 'absolute', inset: 0, inlineSize: '100%', blockSize: '100%' }}>
        {marks.map(({ box, label, landmarks = [] }) => (
          <g key={label}>
            <rect x={percent(box?.Left)} y={percent(box?.Top)} width={percent(box?.Width)} height={percent(box?.Height)} fill='none' stroke='#ff9d5c' strokeWidth='3' />
            {landmarks.map(({ Type, X, Y }) => <circle key={Type} cx={percent(X)} cy={percent(Y)} r='2.5' fill='#6cd4ff' />)}
          </g>
        ))}
      </svg>
      {children}
    </div>
  )
}
