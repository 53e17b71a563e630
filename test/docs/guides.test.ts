import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readPage } from '../support/docs/markdown.js';
import { linkPackages } from '../support/link-packages.js';
import { runCliIn } from '../support/run-cli.js';

/** Both applications of a page are run, and what they print compared with the page, by test/docs/examples.test.ts. */
describe.each([
  ['docs/from-nestjs-pino.md', 'nestjs-pino'],
  ['docs/from-nest-winston.md', 'nest-winston'],
  ['docs/from-nest-logger.md', 'nest'],
])('the steps of %s', (path, from) => {
  const { blocks } = readPage(path);
  const folder = mkdtempSync(join(tmpdir(), 'guide-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const textOf = (flag: string, value: string) =>
    blocks.find(({ flags }) => flags.get(flag) === value)?.text as string;

  it('lead from the application before to the one after, and leave what the page says', async () => {
    mkdirSync(join(folder, 'src'));
    linkPackages(folder);
    writeFileSync(join(folder, 'src/main.ts'), textOf('file', 'src/before.ts'));
    const { stderr } = await runCliIn(folder, ['migrate', '--from', from, 'src/', '--write']);
    expect(readFileSync(join(folder, 'src/main.ts'), 'utf8')).toBe(textOf('file', 'src/after.ts'));
    const report = textOf('report', '') ?? '1 file written, 0 places left\n';
    expect(stderr).toBe(report);
  });

  it('are those that the page shows', () => {
    const shell = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
    expect(shell.join('')).toContain(`npx nestjs-logging migrate --from ${from} src/ --write\n`);
  });
});
