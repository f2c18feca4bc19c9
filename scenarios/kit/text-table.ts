export interface Column {
  title: string
  /** Default: left. */
  align?: 'left' | 'right'
}

/** A table in plain text, its columns two spaces apart. Every row has a cell for each column. */
export function renderTable (columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...rows.map((row) => row[index]!.length)))
  const line = (cells: readonly string[]) => cells
    .map((cell, index) => columns[index]!.align === 'right' ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!))
    .join('  ')
    .trimEnd()
  return [line(columns.map(({ title }) => title)), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** A number with at most `digits` decimals and none that say nothing; a dash where nothing was measured. */
export function formatNumber (value: number | undefined, digits = 2): string {
  return value === undefined ? '-' : String(Number(value.toFixed(digits)))
}
