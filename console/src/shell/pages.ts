import { lazy, type ComponentType } from 'react'

/** A page, found by the first segment of the address. */
export interface Page {
  /** `''` is the first page. */
  name: string
  title: string
  component: ComponentType
}

/** Loaded when it is opened. */
const page = (name: string, title: string, load: () => Promise<{ default: ComponentType }>): Page => ({ name, title, component: lazy(load) })

/** In the order of the navigation. */
export const PAGES: readonly Page[] = [
  page('', 'Overview', () => import('../pages/overview/overview-page.tsx')),
  page('tables', 'Tables', () => import('../pages/tables/tables-page.tsx')),
  page('items', 'Items', () => import('../pages/items/items-page.tsx')),
  page('capacity', 'Capacity', () => import('../pages/capacity/capacity-page.tsx')),
  page('metrics', 'Metrics', () => import('../pages/metrics/metrics-page.tsx')),
  page('alarms', 'Alarms', () => import('../pages/alarms/alarms-page.tsx')),
  page('trace', 'Trace', () => import('../pages/trace/trace-page.tsx')),
  page('faults', 'Faults', () => import('../pages/faults/faults-page.tsx')),
  page('s3', 'S3', () => import('../pages/s3/s3-page.tsx')),
  page('faces', 'Faces', () => import('../pages/faces/faces-page.tsx')),
  page('access', 'Access', () => import('../pages/access/access-page.tsx')),
  page('api', 'API', () => import('../pages/api/api-page.tsx')),
  page('snapshots', 'Snapshots', () => import('../pages/snapshots/snapshots-page.tsx')),
]
