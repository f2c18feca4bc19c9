import { Option } from 'commander'

export interface DataOption { data?: string, seed?: string }

/** `--data DIR`, for what starts an emulator; otherwise the setting counts. */
export const dataOption = () => new Option('--data <dir>', 'keep the emulator\'s state in this directory (default: SANDTABLE_DATA, or in memory)')

/** `--seed DIR`, as well. */
export const seedOption = () => new Option('--seed <dir>', 'load tables, items, objects and faces from this folder at the start (default: SANDTABLE_SEED, or nothing)')
