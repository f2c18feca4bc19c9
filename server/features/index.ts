import { chatFeature } from './chat/index.ts'
import { chatTables } from './chat/tables.ts'
import { faceFeature } from './face/index.ts'
import { faceTables } from './face/tables.ts'
import type { Feature } from './feature.ts'
import { reportFeature } from './report/index.ts'
import { reportTables } from './report/tables.ts'
import { userFeature } from './user/index.ts'
import { userTables } from './user/tables.ts'
import { imageFeature } from './image/index.ts'
import { imageTables } from './image/tables.ts'

/** All features, in the order of the documentation. */
export const features: readonly Feature[] = [
  {
    name: 'face',
    tables: ({ face }) => faceTables(face),
    async register (api, { face }, dependencies) {
      await api.register(faceFeature, { config: face, ...dependencies })
    },
  },
  {
    name: 'chat',
    tables: ({ chat }) => chatTables(chat),
    async register (api, { chat }, dependencies) {
      await api.register(chatFeature, { config: chat, ...dependencies })
    },
  },
  {
    name: 'report',
    alsoWithoutPrefix: true,
    tables: ({ report }) => reportTables(report),
    async register (api, { report }, dependencies) {
      await api.register(reportFeature, { config: report, ...dependencies })
    },
  },
  {
    name: 'image',
    tables: ({ image }) => imageTables(image),
    async register (api, { image, http, store }, dependencies) {
      // The embedded store is in this process, and so no other process is on it.
      await api.register(imageFeature, { config: image, uploadLimit: http.uploadLimit, isAlone: store === 'embedded', ...dependencies })
    },
  },
  {
    name: 'user',
    tables: ({ user }) => userTables(user),
    async register (api, config, dependencies) {
      await api.register(userFeature, { config, ...dependencies })
    },
  },
]
