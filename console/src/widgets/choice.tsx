import FormField from '@cloudscape-design/components/form-field'
import Select from '@cloudscape-design/components/select'

export interface ChoiceProps {
  label: string
  value: string
  /** The label of each value. */
  options: Readonly<Record<string, string>>
  onChange: (value: string) => void
}

/** One of a few values, with its label above it. */
export function Choice ({ label, value, options, onChange }: ChoiceProps) {
  const all = Object.entries(options).map(([value, label]) => ({ value, label }))
  return (
    <FormField label={label}>
      <Select
        filteringType={all.length > 10 ? 'auto' : 'none'}
        options={all}
        selectedOption={all.find((one) => one.value === value) ?? { value, label: value }}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  )
}

/** Values that are their own labels. */
export const named = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, name]))
