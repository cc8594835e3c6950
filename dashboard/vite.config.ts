import { defineConfig } from 'vite';

// Plain names: the server adds the hash of the content to them.
export default defineConfig({
  base: '/dashboard/',
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: process.env.DASHBOARD_OUT ?? '../src/main/resources/dashboard',
    emptyOutDir: true,
    license: { fileName: 'licenses.txt' },
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: { output: { entryFileNames: 'app.js', assetFileNames: 'app[extname]' } },
  },
});
