import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { ChildProgram, ended } from '../../support/child-program.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();
const processes = 4;
const each = 5_000;

const program = new ChildProgram(`
  import { LogRecord } from 'lib/core/records/log-record';
  import { RotatingFileHandler } from 'lib/handlers/file/rotation/rotating-file.handler';
  import { TimedRotatingFileHandler } from 'lib/handlers/file/rotation/timed-rotating-file.handler';
  const [filename, id, kind, options, each] = process.argv.slice(2);
  const Handler = kind === 'timed' ? TimedRotatingFileHandler : RotatingFileHandler;
  const handler = new Handler({ filename, ...JSON.parse(options) });
  for (let index = 0; index < Number(each); index++) {
    handler.handle(new LogRecord({ msg: id + ' ' + index + ' ' + 'x'.repeat(index % 90), levelno: 20 }));
    if (index % 100 === 0) await new Promise((resolve) => setTimeout(resolve, kind === 'timed' ? 30 : 0));
  }
  await handler.flush();
  await handler.close();
  process.stdout.write(JSON.stringify(handler.stats));
`);

/** Every line of every file, sorted by process and number. */
function allLines(): string[] {
  const texts = folder.names().map((name) => {
    const bytes = readFileSync(folder.file(name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  });
  return texts.join('').replace(/\n$/, '').split('\n').sort();
}

const expected = Array.from({ length: processes * each }, (_, n) => {
  const index = n % each;
  return `${Math.floor(n / each)} ${index} ${'x'.repeat(index % 90)}`;
}).sort();

describe('four processes that log into one file', () => {
  it.each([
    ['rolled over by size', 'size', { maxBytes: 20_000, backupCount: 1_000 }],
    [
      'rolled over by size, with collected lines',
      'size',
      { maxBytes: 20_000, backupCount: 1_000, bufferSize: 2_000 },
    ],
    ['rolled over by size and compressed', 'size', { maxBytes: 50_000, backupCount: 1_000, compress: true }],
    ['rolled over by time', 'timed', { when: 's', interval: 1 }],
    ['rolled over by time and size', 'timed', { when: 's', interval: 1, maxBytes: 50_000 }],
  ])(
    'lose no line, tear none and double none: %s',
    async (_, kind, options) => {
      const children = Array.from({ length: processes }, (__, id) =>
        program.start([folder.file('app.log'), String(id), kind, JSON.stringify(options), String(each)], {
          stdio: ['ignore', 'ignore', 'pipe'],
        }),
      );
      let stderr = '';
      for (const child of children) child.stderr?.on('data', (chunk) => (stderr += chunk));
      expect(await Promise.all(children.map(ended))).toEqual([0, 0, 0, 0]);
      expect(stderr).toBe('');
      expect(folder.names().length).toBeGreaterThan(1);
      const lines = allLines();
      expect(lines.length).toBe(expected.length);
      expect(lines).toEqual(expected);
      expect(folder.names().filter((name) => /lock|tmp/.test(name))).toEqual([]);
    },
    60_000,
  );
});
