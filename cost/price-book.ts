import { readdir, readFile } from 'node:fs/promises'

/** One range of a price: the price of a unit, up to a number of units a month. The last range has no end. */
export interface PriceBand { upTo?: number, each: number }

/** What AWS charges, as of a day: a data file, so that it can be replaced. */
export interface PriceBook {
  name: string
  region: string
  currency: string
  /** The day on which the prices were read. */
  asOf: string
  sources: string[]
  /** What a reader should know of the prices. */
  note?: string
  dynamodb: {
    /** Of a month, as the prices count it. */
    hoursPerMonth: number
    onDemand: { readUnit: PriceBand[], writeUnit: PriceBand[] }
    /** Of a unit for an hour. */
    provisioned?: { readUnitHour: PriceBand[], writeUnitHour: PriceBand[] }
    /** Of a gigabyte (2^30 bytes) for a month. Missing: the list has no price. */
    gigabyteMonth: { storage: PriceBand[], recovery?: PriceBand[], backup?: PriceBand[] }
  }
}

const PRICE_BOOKS = new URL('price-books/', import.meta.url)

/** The names of the price books. */
export async function priceBookNames (): Promise<string[]> {
  return (await readdir(PRICE_BOOKS)).filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length)).sort()
}

/** Reads a price book of `price-books/`. */
export async function loadPriceBook (name = 'aws-2026-11'): Promise<PriceBook> {
  return JSON.parse(await readFile(new URL(`${name}.json`, PRICE_BOOKS), 'utf8')) as PriceBook // a file of this project
}

/** What AWS charges in a region, or in us-east-1 where there is no price book of the region. */
export async function priceBookOf (region: string): Promise<PriceBook> {
  const books = await Promise.all((await priceBookNames()).filter((name) => name.startsWith('aws-')).map((name) => loadPriceBook(name)))
  return books.filter((book) => book.region === region).at(-1) ?? loadPriceBook()
}

/** The cost of a number of units, range by range. */
export function priceOf (units: number, bands: readonly PriceBand[]): number {
  let price = 0
  let from = 0
  for (const { upTo = Infinity, each } of bands) {
    price += Math.max(0, Math.min(units, upTo) - from) * each
    from = upTo
  }
  return price
}

const MILLION = 1_000_000

/** What DynamoDB charges, on demand, for so many units: those of one call or request. */
export const costOfUnits = (priceBook: PriceBook, used: { readUnits: number, writeUnits: number }): number => costOfAMillion(priceBook, used) / MILLION

/** The price that DynamoDB charges, on demand, for a million requests that consume this many units each. */
export function costOfAMillion ({ dynamodb: { onDemand } }: PriceBook, used: { readUnits: number, writeUnits: number }): number {
  return priceOf(MILLION * used.readUnits, onDemand.readUnit) + priceOf(MILLION * used.writeUnits, onDemand.writeUnit)
}
