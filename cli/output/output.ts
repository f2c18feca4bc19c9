import { Option, type Command } from 'commander'

/** `--json`, for every verb that prints data. */
export const jsonOption = () => new Option('--json', 'print JSON')

/** Writes lines to where the command writes. */
export function print (command: Command, ...lines: readonly string[]): void {
  command.configureOutput().writeOut?.(lines.map((line) => `${line}\n`).join(''))
}

/** Writes data: as JSON with `--json`, else as the lines that `lines` makes of it. */
export function printData<T> (command: Command, data: T, lines: (data: T) => readonly string[]): void {
  print(command, ...(command.opts<{ json?: boolean }>().json ? [JSON.stringify(data, null, 2)] : lines(data)))
}

/** Rows with their columns aligned; the first row is the heading. */
export function columns (rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length))) ?? []
  return rows.map((row) => row.map((cell, column) =>
    typeof cell === 'number' ? String(cell).padStart(widths[column]!) : cell.padEnd(widths[column]!)).join('  ').trimEnd())
}

/** Reports progress on standard error, in a terminal only. */
export function progress (line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${line}\n`)
}
