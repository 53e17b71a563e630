import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compiledProgram } from '../support/compiled-sources.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();

const setUp = (options: string) => `
import { basicConfig, captureCrashes, dictConfig, FileHandler, getLogger, JsonFormatter } from 'nestjs-logging/core';
basicConfig({ level: 'INFO', handlers: [new FileHandler({ filename: process.env.LOG, formatter: new JsonFormatter(), bufferSize: 1_000_000, flushLevel: 100 })] });
getLogger('app').info('started');
captureCrashes(${options});
`;

interface Ending {
  readonly status: number | null;
  readonly stderr: string;
  readonly records: Record<string, unknown>[];
}

function run(body: string, options: string | undefined, flags: readonly string[] = []): Ending {
  const text = setUp(options ?? '{}');
  const program = compiledProgram(
    `${options === undefined ? text.replace('captureCrashes({});', '') : text}${body}`,
  );
  const log = folder.file('app.log');
  writeFileSync(log, '');
  const { status, stderr } = spawnSync(process.execPath, [...flags, program], {
    env: { ...process.env, LOG: log },
    encoding: 'utf8',
  });
  const records = folder
    .lines('app.log')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  // The path of the program differs from run to run.
  return {
    status,
    stderr: stderr.replaceAll(program, 'PROGRAM').replaceAll(/PROGRAM:\d+(:\d+)?/g, 'PROGRAM'),
    records,
  };
}

const ENDINGS = {
  'an exception': `setTimeout(() => { throw new TypeError('boom'); }, 5);`,
  'a thrown text': `setTimeout(() => { throw 'boom'; }, 5);`,
  'a rejection': `void Promise.reject(new RangeError('boom'));`,
  'a rejection without an error': `void Promise.reject('boom');`,
  'an object without a prototype': `setTimeout(() => { throw Object.create(null); }, 5);`,
  'nothing thrown at all': `void Promise.reject(undefined);`,
};
const ALL = '{ uncaughtException: true, unhandledRejection: true, warnings: true }';

describe('a crash', () => {
  it.each(Object.entries(ENDINGS))(
    'by %s is recorded, and ends the process as it would have',
    (_name, body) => {
      const without = run(body, undefined);
      const withRecords = run(body, ALL);
      expect(withRecords.status).toBe(without.status);
      expect(withRecords.status).not.toBe(0);
      expect(withRecords.stderr).toBe(without.stderr);
      expect(without.records.map(({ message }) => message)).toEqual(['started']);
      expect(withRecords.records).toHaveLength(2);
      expect(withRecords.records[1]).toMatchObject({ level: 'CRITICAL', logger: 'node.crashes' });
    },
  );

  it('holds the error, its traceback and where it came from', () => {
    const [, exception] = run(ENDINGS['an exception'], ALL).records;
    expect(exception).toMatchObject({
      message: 'uncaught exception: TypeError: boom',
      origin: 'uncaughtException',
    });
    expect(exception?.exception).toMatch(/^TypeError: boom\n\s+at /);
    const [, rejection] = run(ENDINGS['a rejection'], ALL).records;
    expect(rejection).toMatchObject({
      message: 'unhandled rejection: RangeError: boom',
      origin: 'unhandledRejection',
    });
  });

  it('is recorded only where that is asked for', () => {
    expect(run(ENDINGS['an exception'], '{ unhandledRejection: true }').records).toHaveLength(1);
    expect(run(ENDINGS['a rejection'], '{ uncaughtException: true }').records).toHaveLength(1);
    expect(
      run(ENDINGS['an exception'], "{ uncaughtException: true, logger: 'app' }").records[1],
    ).toMatchObject({ logger: 'app' });
  });

  it('that the application catches itself leaves it alive', () => {
    const caught = run(`process.on('uncaughtException', () => {}); ${ENDINGS['an exception']}`, ALL);
    expect([caught.status, caught.records.length]).toEqual([0, 2]);
    const taken = run(`process.on('unhandledRejection', () => {}); ${ENDINGS['a rejection']}`, ALL);
    expect([taken.status, taken.records.length]).toEqual([0, 1]);
  });

  it('is nothing any more once that is taken back', () => {
    const body = `captureCrashes({ uncaughtException: true })(); ${ENDINGS['an exception']}`;
    expect(run(body, '{}').records).toHaveLength(1);
  });

  it('is recorded once, however often that was asked for, under the logger of the last who did', () => {
    const again = `captureCrashes(${ALL}); const takeBack = captureCrashes({ ...${ALL}, logger: 'app' });`;
    const ending = run(`${again} ${ENDINGS['an exception']}`, ALL);
    expect(ending.records).toHaveLength(2);
    expect(ending.records[1]).toMatchObject({ logger: 'app' });
    const rejected = run(`${again} takeBack(); takeBack(); ${ENDINGS['a rejection']}`, ALL);
    expect(rejected.records).toHaveLength(2);
    expect(rejected.records[1]).toMatchObject({ logger: 'node.crashes' });
    const rounds = `for (let round = 0; round < 20; round++) captureCrashes(${ALL})();
      getLogger('app').info('%d', process.listenerCount('uncaughtExceptionMonitor'));
      process.emitWarning('old', { type: 'DeprecationWarning' });`;
    const kept = run(rounds, ALL);
    expect(kept.records.map(({ message }) => message)).toEqual(['started', '1', 'DeprecationWarning: old']);
    expect(kept.stderr).toBe('');
    expect(run(rounds, '{}').records.map(({ message }) => message)).toEqual(['started', '0']);
  });

  it('is recorded though a handler fails', () => {
    const body = `getLogger().addHandler(new (class extends FileHandler { emit() { throw new Error('handler'); } flush() { throw new Error('flush'); } })({ filename: '/dev/null' }));
    ${ENDINGS['an exception']}`;
    const ending = run(body, ALL);
    expect(ending.records).toHaveLength(2);
    expect(ending.stderr).toContain('TypeError: boom');
  });
});

describe("Node's warnings", () => {
  it('are recorded in place of its lines', () => {
    const body = `process.emitWarning('old', { type: 'DeprecationWarning', code: 'DEP0' });`;
    const ending = run(body, '{ warnings: true }');
    expect(ending.records[1]).toMatchObject({
      level: 'WARNING',
      logger: 'node.warnings',
      message: 'DeprecationWarning [DEP0]: old',
    });
    expect([ending.status, ending.stderr]).toEqual([0, '']);
    expect(run(body, undefined).stderr).toContain('old');
  });

  it('are recorded as long as anybody wants that, the program or who records crashes', () => {
    const both = (undo: string) =>
      run(
        `import { captureWarnings } from 'nestjs-logging/core';
        captureWarnings(true); const takeBack = captureCrashes({ warnings: true }); ${undo}; process.emitWarning('old');`,
        '{}',
      );
    expect(both('takeBack()').records[1]).toMatchObject({ logger: 'node.warnings' });
    expect(both('captureWarnings(false)').records[1]).toMatchObject({ logger: 'node.warnings' });
    const neither = both('captureWarnings(false); takeBack()');
    expect(neither.records).toHaveLength(1);
    expect(neither.stderr).toContain('old');
  });

  it('are those of rejections where Node is set to warn of them', () => {
    const ending = run(ENDINGS['a rejection'], ALL, ['--unhandled-rejections=warn']);
    expect(ending.status).toBe(0);
    expect(ending.records.slice(1).every(({ logger }) => logger === 'node.warnings')).toBe(true);
  });
});
