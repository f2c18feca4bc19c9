import { Failure } from './failure.ts'

interface Address { host: string, port: number }

/** The meaning of Node's errors of listening, with advice. */
const MEANINGS: Readonly<Record<string, (address: Address, variable: string) => string>> = {
  EADDRINUSE: ({ host, port }, variable) => `Port ${port} on ${host} is in use. Set ${variable} to another port, or to 0 to let the system choose.`,
  EACCES: ({ host, port }, variable) => `This user may not open port ${port} on ${host}. Set ${variable} to 1024 or more.`,
  EADDRNOTAVAIL: ({ host }, variable) => `This machine does not have the address ${host}. Set ${hostOf(variable)} to one of its addresses, such as 127.0.0.1.`,
  ENOTFOUND: ({ host }, variable) => `The host ${host} does not exist. Set ${hostOf(variable)} to an address of this machine, such as 127.0.0.1.`,
}

/**
 * Runs a start. If an address cannot be listened on, the error names the setting.
 * @param addresses  by the variable of the port; the variable of the host has the same prefix
 * @throws {@link Failure} for such an address; other errors unchanged
 */
export async function namingVariables<T> (addresses: Readonly<Record<string, Address>>, start: () => Promise<T>): Promise<T> {
  try {
    return await start()
  } catch (error) {
    const { code = '', address, hostname = address, port } = error as { code?: string, address?: string, hostname?: string, port?: number } // Node's
    const found = Object.entries(addresses).filter(([, one]) => port === undefined ? one.host === hostname : one.port === port)
    const meaning = MEANINGS[code]
    if (!meaning || found.length === 0) throw error
    throw new Failure(meaning(found[0]![1], found.map(([variable]) => variable).join(' or ')), { cause: error })
  }
}

const hostOf = (variables: string) => variables.replaceAll('PORT', 'HOST')
