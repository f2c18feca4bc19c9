import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Tabs from '@cloudscape-design/components/tabs'
import { linkWith, navigate, useAddress } from '../../shell/address.ts'
import { Collections } from './collections.tsx'
import { ComparePictures } from './compare-pictures.tsx'
import { FindFaces } from './find-faces.tsx'

/** `faces?tab=find`: collections, the faces of a picture, and two pictures compared. */
export default function FacesPage () {
  const { params } = useAddress()
  return (
    <ContentLayout header={<Header variant='h1'>Faces</Header>}>
      <Tabs
        activeTabId={params.get('tab') ?? 'collections'}
        onChange={({ detail }) => navigate(linkWith({ tab: detail.activeTabId }))}
        tabs={[
          { id: 'collections', label: 'Collections', content: <Collections /> },
          { id: 'find', label: 'Find and arrange', content: <FindFaces /> },
          { id: 'compare', label: 'Compare', content: <ComparePictures /> },
        ]}
      />
    </ContentLayout>
  )
}
