import { defineConfig } from 'vitest/config';

/** Packages import each other's sources through the `@concord/source` condition, so tests need no build. */
const conditions = ['@concord/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps,tools}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // One native TensorFlow per process; two workers, because each loads 400 MB and uses every core itself.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
