import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, utimesSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { LogRecord } from '../../../../lib/core/records/log-record.js';
import type { BaseRotatingHandler } from '../../../../lib/handlers/file/rotation/base-rotating-handler.js';
import { RotatingFileHandler } from '../../../../lib/handlers/file/rotation/rotating-file.handler.js';
import { TimedRotatingFileHandler } from '../../../../lib/handlers/file/rotation/timed-rotating-file.handler.js';
import { ChildProgram } from '../../../support/child-program.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const folder = useTemporaryFolder();
afterEach(() => void jest.restoreAllMocks());

/** What happens in a day: a line of some length after some seconds, a new process, or a pause in which files are compressed. */
type Step = { readonly after: number; readonly length: number } | 'restart' | 'compress';

const steps = (seconds: fc.Arbitrary<number>) =>
  fc.array(
    fc.oneof(
      { weight: 12, arbitrary: fc.record({ after: seconds, length: fc.integer({ min: 0, max: 60 }) }) },
      { weight: 1, arbitrary: fc.constant<Step>('restart') },
      { weight: 1, arbitrary: fc.constant<Step>('compress') },
    ),
    { minLength: 5, maxLength: 60 },
  );

/** The lines of each file that is there: the rolled ones in the order of their lines, then the log file. */
function contents(): string[][] {
  const texts = folder
    .names()
    .filter((name) => name !== 'app.log')
    .map((name) => {
      const bytes = readFileSync(folder.file(name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    });
  const lines = [...texts, folder.read('app.log')].map((text) => text.split('\n').slice(0, -1));
  const rolled = lines.slice(0, -1).sort((one, other) => numberOf(one[0]) - numberOf(other[0]));
  return [...rolled, lines.at(-1) ?? []];
}

/** An empty file can only be the first. */
const numberOf = (line = '-1') => Number.parseInt(line, 10);

/** Plays the steps to a handler; returns the lines with the time each was logged at. */
async function play(
  script: readonly Step[],
  start: number,
  make: () => BaseRotatingHandler,
): Promise<{ line: string; at: number; restarted: boolean }[]> {
  let now = start;
  jest.spyOn(Date, 'now').mockImplementation(() => now * 1000);
  let handler = make();
  let restarted = false;
  const logged: { line: string; at: number; restarted: boolean }[] = [];
  for (const step of script) {
    if (step === 'compress') await handler.close();
    else if (step === 'restart') {
      await handler.close();
      handler = make();
      restarted = true;
    } else {
      now += step.after;
      const line = `${logged.length} ${'x'.repeat(step.length)}`;
      handler.handle(new LogRecord({ msg: line, levelno: 20 }));
      // The file system knows nothing of this clock.
      utimesSync(folder.file('app.log'), now, now);
      logged.push({ line, at: now, restarted });
      restarted = false;
    }
  }
  await handler.close();
  jest.restoreAllMocks();
  return logged;
}

describe('a day of rolling, against a model', () => {
  const START = Date.UTC(2024, 4, 1, 10, 20) / 1000;

  it('by time and size: the rolled files hold the newest lines, each period in its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(['M', 60], ['H', 3_600], ['MIDNIGHT', 86_400]),
        fc.constantFrom(0, 1, 2, 5),
        fc.constantFrom(0, 50, 100),
        fc.boolean(),
        fc.boolean(),
        steps(fc.constantFrom(0, 0, 1, 20, 70, 1_900, 3_600, 30_000, 90_000)),
        async ([when, length], backupCount, maxBytes, compress, isRenamed, script) => {
          for (const name of folder.names()) rmSync(folder.file(name));
          const options = { filename: folder.file('app.log'), utc: true, backupCount, maxBytes, compress };
          const namer = isRenamed ? (name: string) => name.replace('app.log.', 'old-') : null;
          const logged = await play(
            script,
            START,
            () => new TimedRotatingFileHandler({ ...options, when: when as string, namer }),
          );
          expect(contents()).toEqual(
            model(logged, {
              backupCount,
              maxBytes,
              nextAfter: (at) => next(at, length as number, when === 'MIDNIGHT'),
            }),
          );
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it('by size alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2, 5),
        fc.constantFrom(1, 50, 100),
        fc.boolean(),
        steps(fc.constant(1)),
        async (backupCount, maxBytes, compress, script) => {
          for (const name of folder.names()) rmSync(folder.file(name));
          const options = { filename: folder.file('app.log'), backupCount, maxBytes, compress };
          const logged = await play(script, START, () => new RotatingFileHandler(options));
          const never = () => Number.POSITIVE_INFINITY;
          expect(contents()).toEqual(model(logged, { backupCount, maxBytes, nextAfter: never }));
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});

/** When a file that was begun at a time ends. */
function next(at: number, length: number, isMidnight: boolean): number {
  return isMidnight ? (Math.floor(at / 86_400) + 1) * 86_400 : at + length;
}

/** What has to be in the files, from the lines alone. */
function model(
  logged: readonly { line: string; at: number; restarted: boolean }[],
  rules: { backupCount: number; maxBytes: number; nextAfter: (at: number) => number },
): string[][] {
  const rolled: string[][] = [];
  let current: string[] = [];
  let endsAt = rules.nextAfter(Date.UTC(2024, 4, 1, 10, 20) / 1000);
  let lastAt = Number.NaN;
  for (const { line, at, restarted } of logged) {
    // A new process goes by the file: here, by its last change.
    if (restarted)
      endsAt = rules.nextAfter(Number.isNaN(lastAt) ? Date.UTC(2024, 4, 1, 10, 20) / 1000 : lastAt);
    const size = current.reduce((sum, { length }) => sum + length + 1, 0);
    const isFull = rules.maxBytes > 0 && size > 0 && size + line.length + 1 >= rules.maxBytes;
    if (at >= endsAt || isFull) {
      rolled.push(current);
      current = [];
      if (at >= endsAt) endsAt = rules.nextAfter(at);
    }
    current.push(line);
    lastAt = at;
  }
  const kept = rules.backupCount > 0 ? rolled.slice(-rules.backupCount) : rolled;
  return [...kept, current];
}

describe('rolling while the clock is changed', () => {
  const program = new ChildProgram(`
    import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
    import { LogRecord } from 'lib/core/records/log-record';
    import { TimedRotatingFileHandler } from 'lib/handlers/file/rotation/timed-rotating-file.handler';
    const [folder, start, count, options, moves] = process.argv.slice(2);
    let now = Number(start);
    Date.now = () => now * 1000;
    const make = () => new TimedRotatingFileHandler({ filename: folder + '/app.log', ...JSON.parse(options) });
    let handler = make();
    const jumps = JSON.parse(moves);
    for (let index = 0; index < Number(count); index++) {
      now += jumps[index] ?? 300;
      if (index % 37 === 0) { await handler.close(); handler = make(); }
      handler.handle(new LogRecord({ msg: String(index), levelno: 20 }));
    }
    await handler.close();
  `);

  const cases = [
    [
      'the hour that autumn repeats',
      'Europe/Berlin',
      '2024-10-26T20:00:00Z',
      { when: 'M', interval: 15 },
      {},
    ],
    ['the same by hours', 'Europe/Berlin', '2024-10-26T20:00:00Z', { when: 'H' }, {}],
    [
      'the hour that spring leaves out',
      'Europe/Berlin',
      '2024-03-30T22:00:00Z',
      { when: 'M', interval: 15 },
      {},
    ],
    [
      'a midnight in spring, with sizes',
      'America/New_York',
      '2024-03-10T02:00:00Z',
      { when: 'MIDNIGHT', maxBytes: 40 },
      {},
    ],
    ['a clock set back by ten minutes', 'UTC', '2024-05-01T00:00:00Z', { when: 'M' }, { 40: -600, 60: -600 }],
    ['a clock set back by a year', 'UTC', '2024-05-01T00:00:00Z', { when: 'H' }, { 60: -31_536_000 }],
    [
      'a clock set ahead and back',
      'UTC',
      '2024-05-01T00:00:00Z',
      { when: 'H', maxBytes: 60 },
      { 50: 40_000_000, 70: -40_000_000 },
    ],
  ] as const;

  it.each(cases)('%s: the files kept hold the newest lines', (_name, TZ, start, options, jumps) => {
    const [node, ...args] = program.command;
    const count = 110;
    const keep = { backupCount: 3, ...options };
    const seconds = String(Date.parse(start) / 1000);
    const { status, stderr } = spawnSync(
      node,
      [...args, folder.path, seconds, String(count), JSON.stringify(keep), JSON.stringify(jumps)],
      { encoding: 'utf8', env: { ...process.env, TZ } },
    );
    expect([status, stderr]).toEqual([0, '']);
    const files = contents();
    expect(files).toHaveLength(4);
    const kept = files.flat().map(Number);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => count - kept.length + index));
    expect(files.every((lines) => lines.length > 0)).toBe(true);
  });
});
