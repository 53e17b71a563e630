import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { ChildProgram, ended } from '../../support/child-program.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';
import { type Engine, until } from './engine.js';

/** A process that ships records, and the engine that it ships them to. */
export interface ProcessProof<E extends Engine> {
  /** The engine; asked in the test. */
  engine(): E;
  /** The file of the handler below `lib/`, without its ending, and the name of the class in it. */
  readonly handler: readonly [file: string, name: string];
  /** What the program begins with; default nothing. */
  readonly prelude?: string;
  /** Options that the process makes it with, beside those of batches and of the spool. */
  options(engine: E): object;
  /** All messages that the engine has. */
  messages(engine: E): Promise<readonly string[]>;
}

const RUNS = 5;

/** Defines the test that a killed process loses nothing that it has logged, where there is a spool. */
export function proveKilledProcess<E extends Engine>(proof: ProcessProof<E>): void {
  const folder = useTemporaryFolder();
  const [file, name] = proof.handler;
  // Notes apart how far it came: what is noted was promised.
  const program = new ChildProgram(`
    ${proof.prelude ?? ''}
    import { openSync, writeSync } from 'node:fs';
    import { ${name} } from 'lib/${file}';
    import { LogRecord } from 'lib/core/records/log-record';
    const [directory, counters, run, options] = process.argv.slice(2);
    const batches = { batchSize: 20, flushIntervalMs: 5 };
    const handler = new ${name}({ ...JSON.parse(options), ...batches, spool: { directory } });
    const note = openSync(counters, 'w');
    for (let index = 0; ; index++) {
      const msg = 'killed ' + run + ' ' + index + ' ';
      handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg }));
      writeSync(note, String(index).padStart(9), 0);
      if (index % 25 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
  `);

  it('everything though the process is killed at any moment, where there is a spool', async () => {
    const engine = proof.engine();
    const start = (run: number) => {
      const args = [
        ...[folder.file('spool'), folder.file(`counters.${run}`), String(run)],
        JSON.stringify(proof.options(engine)),
      ];
      return program.start(args, { stdio: 'ignore' });
    };
    const promised: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const child = start(run);
      const noted = () =>
        Number(folder.names().includes(`counters.${run}`) && folder.read(`counters.${run}`));
      await until('it logs', () => noted() > 50, 120_000);
      await sleep(Math.random() * 200);
      child.kill('SIGKILL');
      expect(await ended(child)).toBe('SIGKILL');
      promised.push(noted());
    }
    // The last process sends what those before it left.
    const last = start(RUNS);
    const arrived = async () => {
      const found = new Set<string>();
      for (const message of await proof.messages(engine)) {
        const [, run, index] = /^killed (\d+) (\d+) /.exec(message) ?? [];
        if (run !== undefined) found.add(`${run} ${index}`);
      }
      return found;
    };
    const missing = async () => {
      const found = await arrived();
      return promised.flatMap((count, run) =>
        Array.from({ length: count + 1 }, (_, index) => `${run} ${index}`).filter((one) => !found.has(one)),
      );
    };
    try {
      await until('all is there', async () => (await missing()).length === 0, 120_000);
    } finally {
      last.kill('SIGKILL');
      await ended(last);
    }
    expect(promised).toHaveLength(RUNS);
  }, 600_000);
}
