import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildProgram } from './child-program.js';

/** How often a process is killed, and after how long at most. */
export interface Kills {
  readonly rounds: number;
  readonly upToMs: number;
  /** What is done to the engine while the process logs. */
  readonly beside?: () => Promise<void>;
  /** What is done to it when both are over. */
  readonly between?: () => Promise<void>;
}

/**
 * A process that logs through a handler with a spool, on and on, and says after each call which record that was: what it
 * has said may not be lost, whenever it is killed.
 *
 * @param imports The lines that import what makes the handler.
 * @param handler An expression with it; `options` has the spool and small batches, `args` what it is started with.
 */
export class EndlessLogging {
  readonly #program: ChildProgram;

  constructor(imports: string, handler: string) {
    this.#program = new ChildProgram(`
      import { writeSync } from 'node:fs';
      import { LogRecord } from 'lib/core/records/log-record';
      ${imports}

      const [directory, first, ...args] = process.argv.slice(2);
      const options = { batchSize: 50, flushIntervalMs: 10, timeoutMs: 1_500, spool: { directory } };
      const handler = ${handler};
      if (first === 'rest') {
        setInterval(() => {
          if (handler.stats.spooled + handler.stats.queued === 0) writeSync(1, 'empty');
        }, 20);
      } else {
        for (let n = Number(first); ; n++) {
          const levelno = n % 9 === 0 ? 40 : 20;
          handler.handle(new LogRecord({ name: 'shop', levelno, levelname: 'INFO', msg: 'number ' + n + ';' }));
          writeSync(1, n + '\\n');
          if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
        }
      }
    `);
  }

  /** Starts it and kills it, over and over. @returns The numbers of the records whose log calls returned. */
  async logUntilKilled(directory: string, args: readonly string[], kills: Kills): Promise<number[]> {
    const logged: number[] = [];
    for (let round = 0; round < kills.rounds; round++) {
      // One may have been logged that could not be said any more.
      const { child, output } = this.#started(directory, String((logged.at(-1) ?? -2) + 2), args);
      let printed = '';
      output.on('data', (chunk: Buffer) => {
        printed += chunk;
      });
      await once(output, 'data');
      const beside = kills.beside?.();
      await sleep(Math.random() * kills.upToMs);
      child.kill('SIGKILL');
      await Promise.all([once(child, 'close'), beside]);
      logged.push(...printed.split('\n').slice(0, -1).map(Number));
      await kills.between?.();
    }
    return logged;
  }

  /** Sends what the killed ones have left. */
  async sendRest(directory: string, args: readonly string[]): Promise<void> {
    const { child, output } = this.#started(directory, 'rest', args);
    await once(output, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  #started(directory: string, first: string, args: readonly string[]) {
    const child = this.#program.start([directory, first, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    const { stdout } = child;
    if (stdout === null) throw new Error('The output of the process is a pipe');
    return { child, output: stdout };
  }
}

/** The number of a record in its text, as a handler has sent it. */
export const NUMBER = /number (\d+);/g;
