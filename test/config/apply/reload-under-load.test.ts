import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { ChildProgram, ended } from '../../support/child-program.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const RELOADS = 100;
const folder = useTemporaryFolder();

/** Logs without a pause while its configuration is replaced a hundred times, and prints what it did. */
const busy = new ChildProgram(`
import { renameSync, writeFileSync } from 'node:fs';
import { dictConfig } from 'lib/config/apply/dict-configurator';
import { loadLoggingConfig } from 'lib/config/read/load-logging-config';
import { getLogger } from 'lib/core/loggers/manager';

const folder = process.argv[2];
const configure = (round) => {
  // Each round has another file and another format; one handler and what fills it from behind stay the same.
  writeFileSync(folder + '/next', \`version: 1
formatters:
  round: { format: '\${round} %(message)s' }
handlers:
  changing: { class: logging.FileHandler, filename: \${folder}/round-\${round}.log, formatter: round }
  buffered: { class: logging.FileHandler, filename: \${folder}/buffered.log, bufferSize: \${16384 + round} }
  kept: { class: logging.FileHandler, filename: \${folder}/kept.log, bufferSize: 65536 }
root: { level: INFO, handlers: [changing, kept, buffered] }
\`);
  renameSync(folder + '/next', folder + '/logging.yaml');
};
configure(0);
let reloads = 0;
let issues = 0;
const standing = dictConfig(await loadLoggingConfig(folder + '/logging.yaml', {
  watch: true,
  onReload: (error) => {
    if (error !== undefined) issues += 1;
    reloads += 1;
    if (reloads < ${RELOADS}) configure(reloads);
  },
}));
const kept = standing.handlers.get('kept');
const logger = getLogger('busy');
const started = performance.now();
let count = 0;
configure(1000);
// Some 25 000 records a second, in slices that leave the event loop its turns.
await new Promise((resolve) => {
  const tick = () => {
    const slice = performance.now();
    const due = ((slice - started) / 1000) * 25_000;
    while (count < due && performance.now() - slice < 4) for (let batch = 0; batch < 20; batch += 1) logger.info('%d', count++);
    if (reloads >= ${RELOADS}) resolve();
    else setTimeout(tick, 1);
  };
  tick();
});
const seconds = (performance.now() - started) / 1000;
const isKept = standing.handlers.get('kept') === kept;
await standing.close();
process.stdout.write(JSON.stringify({ count, seconds, issues, reloads, isKept }));
`);

it(`loses and doubles nothing in ${RELOADS} reloads while 20,000 records a second and more flow`, async () => {
  const child = busy.start([folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  expect(await ended(child)).toBe(0);
  const { count, seconds, ...rest } = JSON.parse(stdout) as { count: number; seconds: number };
  expect(rest).toEqual({ issues: 0, reloads: RELOADS, isKept: true });
  expect(count / seconds).toBeGreaterThan(20_000);
  const all = Array.from({ length: count }, (_, index) => String(index));
  expect(isSame(numbers('kept.log'), all)).toBe(true);
  expect(isSame(numbers('buffered.log'), all)).toBe(true);
  const rounds = readdirSync(folder.path).filter((name) => name.startsWith('round-'));
  expect(rounds).toHaveLength(RELOADS + 1);
  const lines = rounds.flatMap((name) => {
    const round = /\d+/.exec(name)?.[0];
    const own = readFileSync(folder.file(name), 'utf8').split('\n').slice(0, -1);
    // Under one configuration or the other: never the file of one with the format of the other.
    expect(own.every((line) => line.startsWith(`${round} `))).toBe(true);
    return own.map((line) => line.split(' ')[1] as string);
  });
  expect(
    isSame(
      lines.sort((a, b) => Number(a) - Number(b)),
      all,
    ),
  ).toBe(true);
}, 180_000);

function numbers(name: string): string[] {
  return folder.lines(name);
}

/** Some hundred thousand lines are too many to be shown side by side. */
function isSame(lines: readonly string[], expected: readonly string[]): boolean {
  return lines.length === expected.length && lines.every((line, index) => line === expected[index]);
}
