import { engine } from './engine.ts'
import type { Shape } from './shapes.ts'
import type { DynamodbContext } from './context.ts'
import { resourceNotFound, validation } from './errors.ts'
import type { Limits } from './limits.ts'
import type { TableRecord } from './table-record.ts'

export interface Tag { Key: string, Value: string }

export const tagList: Shape = {
  type: 'List',
  children: {
    type: 'ValueStruct<Tag>',
    children: {
      Key: { type: 'String', notNull: true, lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 128 },
      Value: { type: 'String', notNull: true, lengthGreaterThanOrEqual: 0, lengthLessThanOrEqual: 256 },
    },
  },
}

/** @throws ValidationException for a key that is there twice, or too many tags */
export function checkTags (tags: Tag[], limits: Limits): void {
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) throw validation('Duplicate tag keys are not allowed')
  checkTagCount(tags.length, limits)
}

export function checkTagCount (count: number, { tagsPerResource }: Limits): void {
  if (count > tagsPerResource) throw validation(`One or more parameter values were invalid: Too many tags: at most ${tagsPerResource} tags are allowed for a resource`)
}

/** The table that an ARN names, as the tag operations find it. */
export function taggedTable (arn: string, ctx: DynamodbContext): TableRecord {
  const [, , , region, account, resource] = arn.split(':')
  const name = resource?.split('/')[1] ?? ''
  const table = region === ctx.region && account === ctx.account ? ctx.store.tables.get(name) : undefined
  if (!table) throw resourceNotFound(`Requested resource not found: ResourcArn: ${arn} not found`)
  ctx.notes.resource = name
  return table
}

/** dynalite's checks of a tag operation's input. */
export const tagChecks = (name: string) => ({ types: engine.types(name), custom: engine.custom(name) })
