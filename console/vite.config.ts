import { defineConfig } from 'vite'

/** Where the emulator serves the page; in development, requests for the rest go to it. */
const BASE = '/_sandtable/console/'
const EMULATOR = 'http://127.0.0.1:4566'

export default defineConfig({
  base: BASE,
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the page has no data: URLs for scripts, and files of their own are kept by the browser.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      // Cloudscape marks its components for servers that render React; there is none here.
      onwarn: (warning, warn) => { if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning) },
    },
  },
  // A test runner of this project brings another version of React into the folder above.
  resolve: { dedupe: ['react', 'react-dom'] },
  server: {
    proxy: { [`^(?!${BASE})`]: { target: EMULATOR, changeOrigin: true } },
  },
})
