import { Option } from 'commander'

export interface DataOption { data?: string }

/** `--data DIR`, for what starts an emulator; otherwise the setting counts. */
export const dataOption = () => new Option('--data <dir>', 'keep the emulator\'s state in this directory (default: SANDTABLE_DATA, or in memory)')
