import { describe, expect, it } from '@jest/globals';
import { ChildProgram, ended } from '../../support/child-program.js';

const program = new ChildProgram(`
  import { getLogger } from 'lib/core/loggers/manager';
  import { StreamHandler } from 'lib/handlers/console/stream.handler';
  const [stream, count, ending, bufferSize = '0'] = process.argv.slice(2);
  const handler = new StreamHandler({ stream, bufferSize: Number(bufferSize) });
  const logger = getLogger('app');
  logger.addHandler(handler);
  logger.setLevel('DEBUG');
  const started = Date.now();
  for (let index = 0; index < Number(count); index++) logger.info('%d ${'x'.repeat(60)} é', index);
  const report = () => process.stderr.write(JSON.stringify({ ms: Date.now() - started, ...handler.stats }) + '\\n');
  const endings = {
    return: () => {},
    exit: () => process.exit(0),
    throw: () => { throw new Error('end'); },
    reject: () => { void Promise.reject(new Error('end')); },
    sigterm: () => process.kill(process.pid, 'SIGTERM'),
    sigkill: () => process.kill(process.pid, 'SIGKILL'),
    abort: () => process.abort(),
    stats: report,
    later: () => { const poll = setInterval(() => { if (handler.stats.queued === 0) { clearInterval(poll); report(); } }, 20); },
  };
  endings[ending]();
`);

// Nobody but the library adds one in a process of its own.
const listeners = new ChildProgram(`
  import { FileHandler } from 'lib/handlers/file/file.handler';
  import { StreamHandler } from 'lib/handlers/console/stream.handler';
  import { LogRecord } from 'lib/core/records/log-record';
  const before = process.listenerCount('exit');
  new StreamHandler({ stream: 'stdout' }).handle(new LogRecord({ msg: 'one' }));
  new FileHandler({ filename: '/dev/null', bufferSize: 0 }).handle(new LogRecord({ msg: 'one' }));
  console.log(process.listenerCount('exit') - before);
  new FileHandler({ filename: '/dev/null', bufferSize: 100 }).handle(new LogRecord({ msg: 'one' }));
  new FileHandler({ filename: '/dev/null', bufferSize: 100 }).handle(new LogRecord({ msg: 'one' }));
  console.log(process.listenerCount('exit') - before);
`);

const expectedLines = (count: number) =>
  Array.from({ length: count }, (_, index) => `${index} ${'x'.repeat(60)} é`);

describe('StreamHandler on a standard stream', () => {
  it.each(['return', 'exit', 'throw', 'reject', 'sigterm', 'sigkill', 'abort'])(
    'brings out 10,000 lines through a pipe before the process ends by %s',
    (ending) => {
      const { stdout } = program.shell(`ulimit -c 0; $PROGRAM | cat`, 'stdout', '10000', ending);
      expect(stdout.trimEnd().split('\n')).toEqual(expectedLines(10_000));
    },
  );

  it('waits for a slow reader', () => {
    const { stdout } = program.shell('$PROGRAM | (sleep 1; cat)', 'stdout', '20000', 'exit');
    expect(stdout.trimEnd().split('\n')).toEqual(expectedLines(20_000));
  });

  it.each(['return', 'exit', 'throw'])('brings collected lines out when the process ends by %s', (ending) => {
    const { stdout } = program.shell('$PROGRAM | cat', 'stdout', '10000', ending, '16384');
    expect(stdout.trimEnd().split('\n')).toEqual(expectedLines(10_000));
  });

  it('keeps lines within bounds for a reader that does not read for long, and loses none of them', async () => {
    const child = program.start(['stdout', '20000', 'later'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    // Nothing is read until a log call has waited its 2 s and given up.
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk) => {
        stderr += chunk;
        if (stderr.includes('EAGAIN')) resolve();
      });
    });
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    expect(await ended(child)).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual(expectedLines(20_000));
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      emitted: 20_000,
      delivered: 20_000,
      dropped: 0,
    });
  }, 20_000);

  it('says once that nobody reads any more, counts what is lost, and lets the process live', () => {
    const { stderr, status } = program.shell(
      'set -o pipefail; $PROGRAM | head -1 >/dev/null',
      'stdout',
      '20000',
      'stats',
    );
    expect(status).toBe(0);
    expect(stderr.match(/--- Logging error ---/g)).toHaveLength(1);
    expect(stderr).toContain('EPIPE');
    const stats = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
    expect(stats.emitted).toBe(20_000);
    expect(stats.dropped).toBeGreaterThan(0);
    expect(stats.delivered + stats.dropped).toBe(20_000);
  });

  it('stays silent when it is standard error that nobody reads any more', () => {
    const { stdout, status } = program.shell(
      'set -o pipefail; $PROGRAM 2>&1 >/dev/null | head -1',
      'stderr',
      '20000',
      'return',
    );
    expect(stdout).toBe(`${expectedLines(1)[0]}\n`);
    expect(status).toBe(0);
  });

  it('adds no listener to the process while nothing is buffered', () => {
    expect(listeners.run().stdout).toBe('one\n0\n1\n');
  });
});
