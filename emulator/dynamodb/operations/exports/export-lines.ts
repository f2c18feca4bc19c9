import type { ChangedItem } from '../../storage/change-log/change-window.ts'
import type { ExportFormat, ExportViewType } from '../../storage/transfer-records.ts'
import type { Item } from '../../values/item.ts'

/*
 * The lines of an export's data files.
 * Source: "DynamoDB table export output format" (developer guide).
 */

/** A line, and the billed size of its item, in bytes. */
export interface ExportLine { readonly text: string, readonly bytes: number }

export interface LineFormat {
  /** The extension of the data files, before `.gz`. */
  readonly extension: string
  readonly item: (item: Item) => string
  readonly change: (change: ChangedItem, view: ExportViewType) => string
}

/** How lines are written in a format. The library for Ion is loaded at first use. */
export async function lineFormat (format: ExportFormat): Promise<LineFormat> {
  return format === 'ION' ? ionLines((await import('../../values/ion.ts')).ionLine) : jsonLines
}

const jsonLines: LineFormat = {
  extension: 'json',
  item: (item) => JSON.stringify({ Item: item }),
  change: ({ key, at, ...images }, view) => JSON.stringify({ Metadata: { WriteTimestampMicros: writtenAt(at) }, Keys: key, ...shown(images, view) }),
}

function ionLines (ionLine: (members: Item) => string): LineFormat {
  return {
    extension: 'ion',
    item: (item) => ionLine({ Item: { M: item } }),
    change: ({ key, at, ...images }, view) => ionLine({
      Record: {
        M: {
          Metadata: { M: { WriteTimestampMicros: writtenAt(at) } },
          Keys: { M: key },
          ...Object.fromEntries(Object.entries(shown(images, view)).map(([name, image]) => [name, { M: image }])),
        },
      },
    }),
  }
}

function writtenAt (ms: number): { N: string } {
  return { N: String(BigInt(ms) * 1000n) }
}

/** An insertion has no old image and a deletion no new one. */
function shown ({ before, after }: Pick<ChangedItem, 'before' | 'after'>, view: ExportViewType): Record<string, Item> {
  return { ...(before && view === 'NEW_AND_OLD_IMAGES' && { OldImage: before }), ...(after && { NewImage: after }) }
}
