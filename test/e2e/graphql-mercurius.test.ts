import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';
import { compiledFile } from '../support/compiled-sources.js';
import { describeOperations } from './support/graphql-expectations.js';
import type { GraphqlRun } from './support/graphql-run.js';

// In a process of its own: a dependency of Mercurius requires an ES module, which Jest cannot do.
describe('GraphQL by Mercurius on Fastify', () => {
  describeOperations(async (variant) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        compiledFile(join(import.meta.dirname, 'apps/mercurius.ts')),
        JSON.stringify(variant),
      ],
      { env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: 16_777_216 },
    );
    return JSON.parse(stdout) as GraphqlRun[];
  });
});
