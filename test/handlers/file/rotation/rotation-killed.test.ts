import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { RotatingFileHandler } from '../../../../lib/handlers/file/rotation/rotating-file.handler.js';
import { ChildProgram, ended } from '../../../support/child-program.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const folder = useTemporaryFolder();
const options = { maxBytes: 30_000, backupCount: 10_000, compress: true };

/** Each rolled file has its number, with and without the end of its compressed form. */
const numbersOfRolled = () =>
  new Set(folder.names().flatMap((name) => /^app\.log\.(\d+)/.exec(name)?.[1] ?? []));

/** Logs until it is killed, and notes apart how far it came. */
const program = new ChildProgram(`
  import { openSync, writeSync } from 'node:fs';
  import { LogRecord } from 'lib/core/records/log-record';
  import { RotatingFileHandler } from 'lib/handlers/file/rotation/rotating-file.handler';
  const [filename, run, counters, options] = process.argv.slice(2);
  const handler = new RotatingFileHandler({ filename, ...JSON.parse(options) });
  const note = openSync(counters, 'w');
  for (let index = 0; ; index++) {
    handler.handle(new LogRecord({ msg: run + ' ' + index + ' ' + 'x'.repeat(index % 90), levelno: 20 }));
    writeSync(note, String(index).padStart(9), 0);
    if (index % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
`);

describe('a process that is killed while it rolls and compresses', () => {
  it('loses no line it has logged, tears none and doubles none', async () => {
    const promised: number[] = [];
    for (let run = 0; run < 12; run++) {
      const child = program.start(
        [folder.file('app.log'), String(run), folder.file(`counters.${run}`), JSON.stringify(options)],
        {
          stdio: 'ignore',
        },
      );
      // However slow the machine is: each run has rolled a file, and is killed at another moment after that.
      const before = numbersOfRolled().size;
      while (numbersOfRolled().size === before) await sleep(5);
      setTimeout(() => child.kill('SIGKILL'), run * 41);
      expect(await ended(child)).toBe('SIGKILL');
      promised.push(Number(folder.read(`counters.${run}`) || -1));
    }
    // The next run finishes what is left.
    await new RotatingFileHandler({ filename: folder.file('app.log'), ...options }).close();
    const rolled = folder.names().filter((name) => /^app\.log\.\d+/.test(name));
    expect(rolled.length).toBeGreaterThanOrEqual(12);
    expect(rolled.filter((name) => !name.endsWith('.gz'))).toEqual([]);
    const texts = [
      folder.read('app.log'),
      ...rolled.map((name) => gunzipSync(readFileSync(folder.file(name))).toString()),
    ];
    const lines = texts.join('').replace(/\n$/, '').split('\n');
    expect(lines.filter((line) => !/^\d+ \d+ x*$/.test(line))).toEqual([]);
    expect(new Set(lines).size).toBe(lines.length);
    const seen = new Set(lines.map((line) => line.split(' ', 2).join(' ')));
    const lost = promised.flatMap((last, run) =>
      Array.from({ length: last + 1 }, (_, index) => `${run} ${index}`).filter((id) => !seen.has(id)),
    );
    expect(lost).toEqual([]);
  }, 60_000);
});
