import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildProgram } from './child-program.js';

/** How a process ended that logged three records and then had nothing more to do. */
export interface BriefEnd {
  /** Its exit code; `'still alive'` if it did not end by itself. */
  readonly code: number | null | 'still alive';
  /** What it printed as errors. */
  readonly errors: string;
}

/** Far longer than any of the waits before a process ends, and than a busy machine takes. */
const PATIENCE_MS = 40_000;

/** What is logged. */
export const BRIEF_MESSAGES: readonly string[] = ['brief 0;', 'brief 1;', 'brief 2;'];

/** A process that logs three records, the last a little later, and neither flushes nor closes anything. */
export class BriefProcess {
  readonly #program = new ChildProgram(`
    import * as core from 'lib/core';
    import * as handlers from 'lib/handlers';
    const [name, options] = process.argv.slice(2);
    const handler = new handlers[name](JSON.parse(options));
    const log = (n) => handler.handle(new core.LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'brief ' + n + ';' }));
    log(0);
    log(1);
    // The connection is there already, and idle, when this one comes.
    setTimeout(log, 700, 2);
  `);

  /** Runs it to its end. @param handler The name of its class. */
  async end(handler: string, options: object): Promise<BriefEnd> {
    const child = this.#program.start([handler, JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // Of the client libraries: that a Node is old.
      env: { ...process.env, NODE_NO_WARNINGS: '1' },
    });
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk;
    });
    const closed = once(child, 'close');
    const waiting = new AbortController();
    const late = sleep(PATIENCE_MS, ['still alive'], { signal: waiting.signal }).catch(() => []);
    const [code] = await Promise.race([closed, late]);
    waiting.abort();
    if (code === 'still alive') {
      child.kill('SIGKILL');
      await closed;
    }
    return { code, errors };
  }
}
