import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Vitest for the kit's own tests of it, some of which fail on purpose; run by vitest.test.ts. */
export default defineConfig({
  root: path('.'),
  resolve: {
    alias: [
      { find: /^nestjs-logging$/, replacement: path('../../../lib/index.ts') },
      { find: /^nestjs-logging\/(core|handlers|live|testing)$/, replacement: path('../../../lib/$1.ts') },
    ],
  },
  test: {
    include: ['*.vitest.ts'],
    setupFiles: ['./vitest-setup.ts'],
    reporters: ['default'],
  },
});
