import { describe, expect, it } from '@jest/globals';
import { readPages } from '../support/docs/markdown.js';
import { normalise } from '../support/docs/normalise.js';
import { runSample, sampleBlocks, sampleCommands } from '../support/docs/sample-output.js';

describe('output of the sample application in the documentation', () => {
  const shown = readPages().flatMap((page) =>
    [...new Set(sampleBlocks(page).map(({ flags }) => flags.get('sample') as string))].map((environment) => ({
      page,
      environment,
    })),
  );

  it.each(shown)(
    'is what it prints: $page.path, $environment',
    async ({ page, environment }) => {
      const results = await runSample(environment, sampleCommands(page));
      for (const block of sampleBlocks(page).filter(({ flags }) => flags.get('sample') === environment)) {
        expect(normalise(results.get(block.flags.get('file') ?? '') ?? '')).toBe(normalise(block.text));
      }
    },
    120_000,
  );
});
