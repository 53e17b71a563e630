import { describe, expect, it } from '@jest/globals';
import { ChildProgram, ended } from '../support/child-program.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();

const program = new ChildProgram(`
  import { FileHandler } from 'lib/handlers/file/file.handler';
  import { LogRecord } from 'lib/core/records/log-record';
  const [filename, scene, bufferSize = '100000'] = process.argv.slice(2);
  const handler = new FileHandler({ filename, bufferSize: Number(bufferSize), flushIntervalMs: 60_000 });
  const counts = () => process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
  const atFirst = JSON.stringify(counts());
  const log = (msg) => handler.handle(new LogRecord({ msg, levelno: 20 }));
  const say = (what) => process.stdout.write(what + '\\n');
  const scenes = {
    plain: () => log('one'),
    before: () => {
      process.on('SIGTERM', () => { say('theirs'); process.exit(3); });
      log('one');
    },
    after: () => {
      log('one');
      process.on('SIGTERM', () => { say('theirs ' + process.listenerCount('SIGTERM')); process.exit(3); });
    },
    ignored: () => {
      log('one');
      let count = 0;
      process.on('SIGTERM', () => { say('theirs'); if (++count === 2) process.exit(3); });
    },
    // As Nest does after its shutdown hooks.
    again: () => {
      log('one');
      const listener = async (signal) => {
        log('two');
        await new Promise((resolve) => setTimeout(resolve, 20));
        log('three');
        process.removeListener('SIGTERM', listener);
        process.kill(process.pid, signal);
      };
      process.on('SIGTERM', listener);
    },
    // In one go, as nodemon's manual has it for its restart.
    raised: () => {
      log('one');
      process.once('SIGUSR2', (signal) => {
        log('two');
        process.kill(process.pid, signal);
      });
    },
    once: () => {
      log('one');
      process.once('SIGTERM', () => say('theirs'));
    },
    removed: () => {
      log('one');
      process.removeAllListeners('SIGTERM');
    },
    all: () => {
      log('one');
      say('listened ' + process.eventNames().filter((name) => String(name).startsWith('SIG')).join(' '));
    },
    closed: () => {
      log('one');
      const held = counts();
      handler.close();
      say('left ' + (JSON.stringify(counts()) === atFirst) + ' ' + (held.length - counts().length > 5));
    },
  };
  scenes[scene]();
  // Not at once: a listener steps aside in the next tick.
  setTimeout(() => say('ready ' + ['SIGTERM', 'SIGINT', 'SIGHUP'].map((name) => process.listenerCount(name))), 1);
  setTimeout(() => say('late'), 20_000);
`);

/** Logs in the main thread and in a worker, and says how many listen to a signal in each. */
const threads = new ChildProgram(`
  import { isMainThread, Worker, parentPort } from 'node:worker_threads';
  import { FileHandler } from 'lib/handlers/file/file.handler';
  import { LogRecord } from 'lib/core/records/log-record';
  const [filename] = process.argv.slice(2);
  const handler = new FileHandler({ filename, bufferSize: 100_000 });
  handler.handle(new LogRecord({ msg: 'one', levelno: 20 }));
  const count = process.listenerCount('SIGTERM');
  handler.close();
  if (!isMainThread) parentPort.postMessage(count);
  else {
    const worker = new Worker(new URL(import.meta.url), { argv: [filename + '.worker'] });
    worker.once('message', (inWorker) => process.stdout.write(JSON.stringify({ inMain: count, inWorker })));
  }
`);

interface End {
  /** Exit code or signal. */
  readonly ending: number | NodeJS.Signals | null;
  readonly said: string[];
}

/** Runs a scene and sends it signals, one after the other. */
async function run(scene: string, signals: NodeJS.Signals[], bufferSize = 100_000): Promise<End> {
  const child = program.start([folder.file('app.log'), scene, String(bufferSize)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const rest = [...signals];
  const send = () => {
    const signal = rest.shift();
    if (signal !== undefined) child.kill(signal);
  };
  child.stdout?.on('data', (chunk) => {
    said += chunk;
    send();
  });
  const ending = await ended(child);
  return { ending, said: said.trimEnd().split('\n') };
}

describe('lines buffered when a signal ends the process', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGABRT', 'SIGALRM', 'SIGXCPU'] as const)(
    'are written at %s, which ends it all the same',
    async (signal) => {
      expect(await run('plain', [signal])).toEqual({ ending: signal, said: ['ready 1,1,1'] });
      expect(folder.lines('app.log')).toEqual(['one']);
    },
  );

  it('are not waited for in a worker, which gets no signals', () => {
    const { stdout, stderr } = threads.run(folder.file('app.log'));
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ inMain: 1, inWorker: 0 });
    expect(folder.lines('app.log.worker')).toEqual(['one']);
  });

  it('are written when the application handles the signal, and nothing is added beside its listener', async () => {
    expect(await run('before', ['SIGTERM'])).toEqual({ ending: 3, said: ['ready 1,1,1', 'theirs'] });
    expect(folder.lines('app.log')).toEqual(['one']);
  });

  it('are written when it begins to handle the signal later: the listener steps aside', async () => {
    expect(await run('after', ['SIGTERM'])).toEqual({ ending: 3, said: ['ready 1,1,1', 'theirs 1'] });
    expect(folder.lines('app.log')).toEqual(['one']);
  });

  it('are written when it raises the signal again, as Nest does', async () => {
    expect(await run('again', ['SIGTERM'])).toEqual({ ending: 'SIGTERM', said: ['ready 1,1,1'] });
    expect(folder.lines('app.log')).toEqual(['one', 'two', 'three']);
  });

  it('are written when it logs and raises the signal again in one go', async () => {
    expect(await run('raised', ['SIGUSR2'])).toEqual({ ending: 'SIGUSR2', said: ['ready 1,1,1'] });
    expect(folder.lines('app.log')).toEqual(['one', 'two']);
  });

  it('are written at the second signal when it handled only one', async () => {
    expect(await run('once', ['SIGTERM', 'SIGTERM'])).toEqual({
      ending: 'SIGTERM',
      said: ['ready 1,1,1', 'theirs'],
    });
    expect(folder.lines('app.log')).toEqual(['one']);
  });

  it('do not end an application that lives on after a signal', async () => {
    expect(await run('ignored', ['SIGTERM', 'SIGTERM'])).toEqual({
      ending: 3,
      said: ['ready 1,1,1', 'theirs', 'theirs'],
    });
  });

  it('are lost if the application takes the listener away', async () => {
    expect(await run('removed', ['SIGTERM'])).toEqual({ ending: 'SIGTERM', said: ['ready 0,1,1'] });
    expect(folder.lines('app.log')).toEqual(['']);
  });

  it('leave alone what Node listens to or ignores itself', async () => {
    const { said } = await run('all', ['SIGTERM']);
    const listened =
      said
        .find((line) => line.startsWith('listened'))
        ?.split(' ')
        .slice(1) ?? [];
    expect(listened).toEqual(expect.arrayContaining(['SIGTERM', 'SIGQUIT', 'SIGUSR2']));
    for (const signal of [
      'SIGUSR1',
      'SIGPROF',
      'SIGPIPE',
      'SIGXFSZ',
      'SIGCHLD',
      'SIGCONT',
      'SIGWINCH',
      'SIGTSTP',
      'SIGSEGV',
    ])
      expect(listened).not.toContain(signal);
  });

  it('need no listener any more once the last handler is closed', async () => {
    const { said } = await run('closed', ['SIGTERM']);
    expect(said[0]).toBe('left true true');
  });

  it('are needed for a listener to be there at all', async () => {
    expect(await run('plain', ['SIGTERM'], 0)).toEqual({ ending: 'SIGTERM', said: ['ready 0,0,0'] });
    expect(folder.lines('app.log')).toEqual(['one']);
  });
});
