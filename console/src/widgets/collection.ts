import { startTransition } from 'react'
import { useCollection as useCloudscapeCollection } from '@cloudscape-design/collection-hooks'

/** As Cloudscape's; the next page is drawn in pieces, between which the browser answers. */
export const useCollection: typeof useCloudscapeCollection = (items, options) => {
  const collection = useCloudscapeCollection(items, options)
  const { paginationProps } = collection
  return { ...collection, paginationProps: { ...paginationProps, onChange: (event) => startTransition(() => paginationProps.onChange(event)) } }
}
