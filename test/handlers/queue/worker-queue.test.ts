import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dictConfig } from '../../../lib/config/apply/dict-configurator.js';
import { registerComponent } from '../../../lib/config/components/component-registry.js';
import { planConfig } from '../../../lib/config/plan/config-plan.js';
import type { LoggingConfig } from '../../../lib/config/plan/logging-config.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { NullHandler } from '../../../lib/handlers/null.handler.js';
import { QueueHandler } from '../../../lib/handlers/queue/queue.handler.js';
import { compiledProgram } from '../../support/compiled-sources.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'worker-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a program with a QueueHandler on the root whose file handler is in a worker thread; `FOLDER` is the test's. */
function run(
  program: string,
  file = 'out.log',
  target = `'${file}'`,
): { stdout: string; stderr: string; lines: string[] } {
  const script = compiledProgram(
    `import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    import { dictConfig, getLogger, shutdown } from 'nestjs-logging/core';
    const started = process.hrtime.bigint();
    const workers = [];
    process.on('worker', (worker) => workers.push(worker));
    const FOLDER = ${JSON.stringify(folder)};
    const { handlers } = dictConfig({
      version: 1,
      handlers: {
        queue: {
          class: 'logging.handlers.QueueHandler',
          respect_handler_level: true,
          worker: {
            formatters: { line: { format: '%(threadName)s %(filename)s %(levelname)s %(message)s %(user)s', defaults: { user: '-' } } },
            handlers: {
              memory: { class: 'logging.handlers.MemoryHandler', capacity: 1, target: 'file' },
              file: { class: 'logging.FileHandler', filename: FOLDER + '/' + ${target}, formatter: 'line', level: 'INFO' },
            },
          },
        },
      },
      root: { level: 'DEBUG', handlers: ['queue'] },
    });
    const logger = getLogger('shop');
    const queue = handlers.get('queue');
    ${program}`,
  );
  mkdirSync(path.join(folder, 'gone'));
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  const text = existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8') : '';
  return { stdout, stderr, lines: text.trim().split('\n') };
}

const LOG =
  'for (let count = 0; count < 5000; count++) logger.info("record %d", count, { extra: { user: "ann" } });';

describe('a QueueHandler whose handlers are in a worker thread', () => {
  it.each(['', 'process.exit(0);', 'await shutdown();', 'throw new Error("end");'])(
    'loses nothing when the process ends by: %s',
    (ending) => {
      const { lines } = run(`${LOG} ${ending}`);
      expect(lines).toHaveLength(5_000);
      expect(lines[0]).toBe('MainThread program.js INFO record 0 ann');
      expect(lines.at(-1)).toBe('MainThread program.js INFO record 4999 ann');
    },
  );

  it('takes any record: errors, functions, cycles', () => {
    const { lines, stderr } = run(`
      const cycle = { f: () => 1 };
      cycle.self = cycle;
      logger.error('%s', cycle, { extra: { user: cycle } });
      logger.exception('failed', new TypeError('no'));
      await queue.flush();
      console.log(JSON.stringify(queue.stats));`);
    expect(stderr).toBe('');
    expect(lines[0]).toContain('[Circular');
    expect(lines[1]).toBe('MainThread program.js ERROR failed -');
    expect(lines[2]).toContain('TypeError: no');
  });

  it('takes what filters have made of a record, and goes on after one that has no message', () => {
    const { lines, stderr } = run(`
      logger.info('first');
      await queue.flush();
      queue.addFilter((record) => {
        if (record.msg === 'odd') Object.assign(record, { levelname: () => 1, threadName: Symbol('odd') });
        return true;
      });
      const prepare = queue.prepare.bind(queue);
      queue.prepare = (record) => (record.msg === 'bare' ? { msg: 'bare' } : prepare(record));
      for (const text of ['odd', 'bare', 'last']) logger.info(text);
      await queue.flush();
      console.error(JSON.stringify(queue.stats));`);
    expect(lines).toEqual([
      expect.stringMatching(/^MainThread .* first -$/),
      expect.stringMatching(/^Symbol\(odd\) .*Function.* odd -$/),
      expect.stringMatching(/^MainThread .* last -$/),
    ]);
    expect(stderr).toMatch(/getMessage is not a function/);
    expect(stderr).toMatch(/"emitted":4,"delivered":3,"queued":0,.*"failed":1/);
  });

  it('keeps records while the worker cannot start, reports why, and starts it again', () => {
    mkdirSync(path.join(folder, 'later'));
    const { lines, stderr, stdout } = run(
      `// A file where a folder should be, and was when the configuration was checked.
      rmSync(FOLDER + '/later', { recursive: true });
      writeFileSync(FOLDER + '/later', '');
      logger.info('early');
      await new Promise((resolve) => {
        const write = process.stderr.write.bind(process.stderr);
        process.stderr.write = (text) => {
          resolve();
          return write(text);
        };
      });
      rmSync(FOLDER + '/later');
      mkdirSync(FOLDER + '/later');
      while (queue.stats.delivered < 1) await delay(20);
      await shutdown();
      console.log(JSON.stringify(queue.stats));`,
      'later/out.log',
    );
    expect(lines).toEqual(['MainThread program.js INFO early -']);
    expect(stderr).toContain('handlers.file');
    expect(stderr.match(/--- Logging error ---/g)).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ emitted: 1, delivered: 1, dropped: 0 });
  });
});

describe('a worker that is gone, or never was there', () => {
  it('has what waits counted and reported when it cannot start', () => {
    // A folder in the place of the file, once the configuration is applied.
    const { stdout, stderr } = run(
      `rmSync(FOLDER + '/gone', { recursive: true });
      for (let count = 0; count < 4; count++) logger.info('record %d', count);
      while (queue.listener.isRunning && process.hrtime.bigint() < started + 3_000_000_000n) await delay(50);
      await shutdown();
      logger.info('late');
      const { emitted, delivered, queued, dropped, droppedBy } = queue.stats;
      console.log(JSON.stringify({ emitted, delivered, queued, dropped, closed: droppedBy.closed}));`,
      'out.log',
      `'gone/out.log'`,
    );
    expect(JSON.parse(stdout)).toEqual({
      ...{ emitted: 5, delivered: 0, queued: 0, dropped: 5, closed: 5 },
    });
    expect(stderr).toContain('its directory does not exist');
    expect(stderr).toMatch(/4 records are lost/);
  });

  it('has what was with it counted and reported when it dies', () => {
    const { stdout, stderr, lines } = run(`
      logger.info('one');
      await queue.flush();
      for (let count = 0; count < 10; count++) logger.info('record %d', count);
      await new Promise((resolve) => setImmediate(resolve));
      // The listener no longer waits for the worker once it has the last answer, and then neither does this process.
      const waiting = setInterval(() => undefined, 1_000);
      await workers[0].terminate();
      clearInterval(waiting);
      while (workers.length < 2) await delay(20);
      logger.info('another');
      await queue.flush();
      await shutdown();
      const { emitted, delivered, queued, dropped } = queue.stats;
      console.log(JSON.stringify({ emitted, queued, isExact: emitted === delivered + dropped, dropped }));`);
    const { dropped, ...counts } = JSON.parse(stdout);
    expect(counts).toEqual({ emitted: 12, queued: 0, isExact: true });
    expect([lines[0], lines.at(-1)]).toEqual([
      'MainThread program.js INFO one -',
      'MainThread program.js INFO another -',
    ]);
    if (dropped > 0)
      expect(stderr).toContain(`the worker ended with records that it had not handled: ${dropped} record`);
  });

  it('does not keep a process from ending that has logged nothing', () => {
    const { stdout } = run(`
      process.on('exit', () => console.log('ended'));
      setTimeout(() => process.exit(), 20_000).unref();
      setTimeout(() => console.log('still there'), 10_000).unref();`);
    expect(stdout).toBe('ended\n');
  });

  it('handles what exit listeners log that were added just before the end', () => {
    const { lines } = run(`
      logger.info('one');
      for (const text of ['late', 'later']) process.on('exit', () => logger.info(text));
      process.exit(0);`);
    expect(lines.map((line) => line.split(' ')[3])).toEqual(['one', 'late', 'later']);
  });

  it("handles what the application's exit listeners log", () => {
    const { lines } = run(
      `process.on('exit', () => logger.info('late')); logger.info('one'); process.exit(0);`,
    );
    expect(lines.map((line) => line.split(' ')[3])).toEqual(['one', 'late']);
  });
});

describe("a worker's configuration", () => {
  const configWith = (worker: object) => ({
    version: 1 as const,
    handlers: { q: { class: 'logging.handlers.QueueHandler', worker } },
    root: { handlers: ['q'] },
  });
  it.each([
    [
      'a misspelt class',
      { handlers: { f: { class: 'logging.FileHandlr', filename: 'x' } } },
      'handlers.q.worker.handlers.f.class: no handler class is called "logging.FileHandlr"; did you mean "logging.FileHandler"? A worker thread has the built-in classes alone',
    ],
    [
      'an unknown key',
      { handlers: { f: { class: 'FileHandler', filename: 'x', filenam: 'y' } } },
      'handlers.q.worker.handlers.f.filenam: unknown key; did you mean "filename"?',
    ],
    [
      'a formatter that is not there',
      { handlers: { f: { class: 'FileHandler', filename: 'x', formatter: 'line' } } },
      'handlers.q.worker.handlers.f.formatter: no formatter named "line"',
    ],
    [
      'a level that is not known',
      { handlers: { f: { class: 'FileHandler', filename: 'x', level: 'LOUD' } } },
      'handlers.q.worker.handlers.f.level: ',
    ],
    [
      'a format that cannot be read',
      { handlers: {}, formatters: { f: { format: '%(asctime' } } },
      'handlers.q.worker.formatters.f',
    ],
    [
      'an external that is not known',
      { handlers: { f: { class: 'StreamHandler', stream: 'ext://sys.stdot' } } },
      'handlers.q.worker.handlers.f.stream: "ext://sys.stdot" is not known',
    ],
    [
      'a section that a worker has no use for',
      { handlers: {}, loggers: {} },
      'handlers.q.worker.loggers: unknown key',
    ],
    ['no handlers', { handlers: {} }, 'handlers.q.worker.handlers: empty; without a handler all records'],
  ])('is refused when planned, with its path: %s', (_name, worker, error) => {
    expect(() => planConfig(configWith(worker))).toThrow(error);
  });

  it('has an unknown key reported once', () => {
    const plan = () => planConfig(configWith({ handlers: { n: { class: 'NullHandler' } }, lodgers: {} }));
    expect(plan).toThrow(/^Unable to configure logging\. handlers\.q\.worker\.lodgers: unknown key$/);
  });

  it('is refused before anything changes where its handlers cannot be made', () => {
    const worker = {
      handlers: {
        good: { class: 'FileHandler', filename: path.join(folder, 'made.log') },
        bad: { class: 'FileHandler', filename: path.join(folder, 'missing', 'out.log') },
      },
    };
    const before = getLogger().handlers;
    expect(() => dictConfig(configWith(worker))).toThrow(
      /handlers\.q\.worker\.handlers\.bad: .*its directory does not exist/,
    );
    expect(getLogger().handlers).toEqual(before);
    expect(existsSync(path.join(folder, 'made.log'))).toBe(false);
  });

  it('knows no class of this thread', () => {
    class Mine extends NullHandler {}
    registerComponent('handler', 'worker-test.Mine', Mine);
    expect(() => planConfig(configWith({ handlers: { f: { class: 'worker-test.Mine' } } }))).toThrow(
      'handlers.q.worker.handlers.f.class: "worker-test.Mine" is registered in this thread only; a worker thread',
    );
  });

  it('may refer to standard streams, and to what the configuration has besides its components', () => {
    const plan = planConfig({
      ...configWith({
        formatters: { line: { format: 'cfg://line' } },
        handlers: { out: { class: 'StreamHandler', stream: 'ext://sys.stdout', formatter: 'line' } },
      }),
      line: '%(message)s',
    } as LoggingConfig);
    expect(plan.handlers[0]?.options.worker).toEqual({
      formatters: { line: { format: '%(message)s' } },
      handlers: { out: { class: 'StreamHandler', stream: 'ext://sys.stdout', formatter: 'line' } },
    });
  });

  it("leaves the active configuration alone where Node's permission model forbids workers", () => {
    const permission = Object.getOwnPropertyDescriptor(process, 'permission');
    Object.defineProperty(process, 'permission', {
      configurable: true,
      value: { has: (scope: string) => scope !== 'worker' },
    });
    const { handlers, level } = getLogger();
    try {
      expect(() => dictConfig(configWith({ handlers: { n: { class: 'NullHandler' } } }))).toThrow(
        /handlers\.q: QueueHandler\.worker: .*--allow-worker/,
      );
    } finally {
      if (permission === undefined) Reflect.deleteProperty(process, 'permission');
      else Object.defineProperty(process, 'permission', permission);
    }
    expect([getLogger().handlers, getLogger().level]).toEqual([handlers, level]);
  });

  it('is plain data, and excludes handlers of this thread', () => {
    const handlers = { file: { class: class Mine {} } };
    expect(() => new QueueHandler({ worker: { handlers } })).toThrow('a class cannot go to a worker thread');
    expect(
      () => new QueueHandler({ worker: { handlers: { n: { class: 'NullHandler' } } }, handlers: [] }),
    ).toThrow('either in this thread or in a worker');
    expect(() => new QueueHandler({ worker: {} as never })).toThrow('worker.handlers: missing');
  });
});
