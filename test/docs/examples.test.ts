import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compileFolder } from '../support/compiled-sources.js';
import { type Example, examplesOf } from '../support/docs/examples.js';
import { readPages } from '../support/docs/markdown.js';
import { normalise } from '../support/docs/normalise.js';
import { type Outputs, runPython, runServer, runTypeScript } from '../support/docs/run-examples.js';
import { writeBlocks } from '../support/docs/write-blocks.js';
import { hasPython } from '../support/live-python.js';

const pages = readPages();
const examples = pages.flatMap(examplesOf);
const { folder } = writeBlocks(pages);
compileFolder(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const named = (fits: (example: Example) => boolean): [name: string, example: Example][] =>
  examples.filter(fits).map((example) => [`${example.page}:${example.program.line}`, example]);

/** What the page says must be what came out, times and ids aside. */
function expectShown({ outputs }: Example, results: Outputs): void {
  for (const block of outputs) {
    expect(normalise(results.get(block.flags.get('file') ?? '') ?? '')).toBe(normalise(block.text));
  }
}

describe('examples in TypeScript', () => {
  const scripts = named(({ program }) => program.language === 'ts' && program.flags.has('run'));
  let results: Outputs[] = [];
  beforeAll(async () => {
    results = await runTypeScript(
      scripts.map(([, example]) => example),
      folder,
    );
  }, 60_000);

  it.each(scripts)('%s prints what the page shows', (name, example) => {
    expect(example.outputs.length).toBeGreaterThan(0);
    expectShown(example, results[scripts.findIndex(([other]) => other === name)] as Outputs);
  });
});

describe('applications', () => {
  it.each(named(({ program }) => program.flags.has('serve')))(
    '%s prints what the page shows',
    async (_, example) => {
      expectShown(example, await runServer(example, folder));
    },
    30_000,
  );
});

describe('examples in Python (skipped where python3 is absent)', () => {
  const scripts = named(({ program }) => program.language === 'python' && program.flags.has('run'));
  (hasPython ? it : it.skip).each(scripts)('%s prints what the page shows', (_, example) => {
    expect(example.outputs.length).toBeGreaterThan(0);
    expectShown(example, runPython(example, folder));
  });
});

describe('examples that say they are the same as the one in Python before them', () => {
  const twins = examples.flatMap((example, index): [string, Example, Example][] =>
    example.program.flags.has('same')
      ? [[`${example.page}:${example.program.line}`, example, examples[index - 1] as Example]]
      : [],
  );

  it.each(twins)('%s shows the same output', (_, ours, theirs) => {
    expect(theirs.program.language).toBe('python');
    const texts = ({ outputs }: Example) => outputs.map(({ text }) => normalise(text));
    expect(texts(ours)).toEqual(texts(theirs));
  });
});
