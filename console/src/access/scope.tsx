import { createContext, useContext, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useAddress } from '../shell/address.ts'
import { control } from './control.ts'
import type { Scope } from './control-types.ts'

const ScopeContext = createContext<Scope>({ account: '', region: '' })

/** The accounts that have state, and the defaults. */
export const useAccounts = () => useQuery({ queryKey: ['accounts'], queryFn: () => control('GET /accounts'), refetchInterval: 5000 })

/** Gives the pages the account and the region that the address names, or the emulator's own. */
export function ScopeProvider ({ children, waiting }: { children: ReactNode, waiting: ReactNode }) {
  const { params } = useAddress()
  const { data } = useAccounts()
  if (!data) return waiting
  const account = params.get('account') ?? ''
  const scope = {
    account: /^\d{12}$/.test(account) ? account : data.defaults.account,
    region: params.get('region') ?? data.defaults.region,
  }
  return <ScopeContext value={scope}>{children}</ScopeContext>
}

export const useScope = (): Scope => useContext(ScopeContext)
