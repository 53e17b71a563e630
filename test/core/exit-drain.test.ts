import { describe, expect, it } from '@jest/globals';
import { registerForTurn, unregisterForTurn } from '../../lib/core/exit-drain.js';
import { ChildProgram, ended } from '../support/child-program.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();

/** Handlers that buffer, one by one and in chains; each writes to the file it is named after. */
const program = new ChildProgram(`
  import { appendFileSync } from 'node:fs';
  import { Handler } from 'lib/core/handler';
  import { getLogger } from 'lib/core/loggers/manager';
  import { BufferingHandler } from 'lib/handlers/memory/buffering.handler';
  import { FileHandler } from 'lib/handlers/file/file.handler';
  import { MemoryHandler } from 'lib/handlers/memory/memory.handler';
  import { QueueHandler } from 'lib/handlers/queue/queue.handler';
  import { QueueListener } from 'lib/handlers/queue/queue-listener';
  import { RecordQueue } from 'lib/handlers/queue/record-queue';
  const before = process.listenerCount('exit');
  const [folder, ending, registered] = process.argv.slice(2);
  const file = (name, more = {}) => new FileHandler({ filename: folder + '/' + name, ...more });
  const held = { bufferSize: 1_000_000, flushIntervalMs: 60_000 };
  const append = (name, records) => {
    if (records.length > 0) appendFileSync(folder + '/' + name, records.map((one) => one.getMessage() + '\\n').join(''));
  };
  class Collector extends Handler {
    records = [];
    constructor(name) { super(); this.file = name; }
    emit(record) { this.records.push(record); }
  }
  class Flushing extends Collector {
    flush() { append(this.file, this.records.splice(0)); }
  }
  class Closing extends Collector {
    close() { append(this.file, this.records.splice(0)); super.close(); }
  }
  class Footed extends Flushing {
    close() { this.flush(); appendFileSync(folder + '/' + this.file, 'footer\\n'); super.close(); }
  }
  class Batch extends BufferingHandler {
    flush() { append('batch', this.buffer.splice(0)); }
  }
  class Failing extends Handler {
    emit() {}
    flush() { throw new Error('flush failed'); }
    close() { throw new Error('close failed'); }
  }
  const root = getLogger();
  const logLate = () => process.on('exit', () => root.info('late'));
  if (registered === 'first') logLate();
  const queue = new RecordQueue();
  new QueueListener(queue, new MemoryHandler({ capacity: 1000, target: file('listener', held) })).start();
  const handlers = [
    file('buffered', held),
    new MemoryHandler({ capacity: 1000, target: file('memory') }),
    new MemoryHandler({ capacity: 1000, target: file('forgotten'), flushOnClose: false }),
    new QueueHandler({ handlers: [file('queue', held)] }),
    new QueueHandler({ queue }),
    new MemoryHandler({ capacity: 1000, target: new QueueHandler({ handlers: [new MemoryHandler({ capacity: 1000, target: new Flushing('chain') })] }) }),
    new Flushing('flushing'),
    new Closing('closing'),
    new Footed('footed'),
    new Batch({ capacity: 1000 }),
    new Failing(),
  ];
  root.setLevel('INFO');
  for (const handler of handlers) root.addHandler(handler);
  for (let count = 0; count < 10; count++) root.info('line %d', count);
  if (registered === 'last') {
    logLate();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  if (registered === 'at once') logLate();
  const exits = process.listenerCount('exit') - before;
  if (exits !== (registered ? 2 : 1)) console.log('exit listeners: ' + exits);
  if (ending === 'exit') process.exit(0);
  if (ending === 'throw') throw new Error('the end');
  if (ending === 'reject') void Promise.reject(new Error('the end'));
  if (ending === 'rejectLater') setTimeout(() => Promise.reject(new Error('the end')), 5);
  if (ending.startsWith('SIG')) {
    setTimeout(() => undefined, 30_000);
    process.kill(process.pid, ending);
  }
`);

const names = ['buffered', 'memory', 'queue', 'listener', 'chain', 'flushing', 'closing', 'footed', 'batch'];
const lines = Array.from({ length: 10 }, (_, count) => `line ${count}`);

/** What is in each file. */
const contents = () => Object.fromEntries(names.map((name) => [name, folder.lines(name).filter(Boolean)]));
const expected = (all: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, name === 'footed' ? [...all, 'footer'] : all]));

describe('what handlers hold when the process ends', () => {
  it.each(['return', 'exit', 'throw', 'reject', 'rejectLater'])(
    'is written, whatever holds it: %s',
    (ending) => {
      const { stdout, stderr } = program.run(folder.path, ending);
      expect(stdout).toBe('');
      expect(contents()).toEqual(expected(lines));
      expect(folder.lines('forgotten').filter(Boolean)).toEqual([]);
      // A handler that fails is reported, and keeps nobody else from writing.
      expect(stderr).toContain('flush failed');
      expect(stderr).toContain('close failed');
    },
    60_000,
  );

  it.each(['SIGUSR2', 'SIGQUIT', 'SIGTERM'])(
    'is written at %s',
    async (signal) => {
      const child = program.start([folder.path, signal], { stdio: 'ignore' });
      expect(await ended(child)).toBe(signal);
      expect(contents()).toEqual(expected(lines));
    },
    60_000,
  );

  it.each(['first', 'last'])(
    "is written with what the application's own exit listeners log: %s",
    (when) => {
      const { stdout } = program.run(folder.path, 'exit', when);
      expect(stdout).toBe('');
      expect(contents()).toEqual(expected([...lines, 'late']));
    },
    60_000,
  );

  it('is written at once by handlers that an exit listener, added just before the end, logs to', () => {
    program.run(folder.path, 'exit', 'at once');
    const { footed, ...others } = contents();
    for (const [name, written] of Object.entries(others))
      expect([name, written]).toEqual([name, [...lines, 'late']]);
    expect(footed?.slice(0, 11)).toEqual([...lines, 'late']);
  }, 60_000);
});

it('what two copies of the package hold for a turn is written at an exit until both have released it', () => {
  const before = process.listenerCount('exit');
  const [one, other] = [{ drainAtExit: () => undefined }, { drainAtExit: () => undefined }];
  registerForTurn(one);
  registerForTurn(other);
  unregisterForTurn(one);
  expect(process.listenerCount('exit')).toBe(before + 1);
  unregisterForTurn(other);
  expect(process.listenerCount('exit')).toBe(before);
});
