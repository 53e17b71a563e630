import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Override, OverrideOptions, ReplicasStatus } from 'nestjs-logging/live';
import { compiledFile } from '../../support/compiled-sources.js';

/** What an instance answers. */
export interface ReplicaView {
  /** Targets of the valid overrides, sorted. */
  readonly targets: string[];
  readonly status: ReplicasStatus;
  /** The longest time that one of its calls took so far, in milliseconds. */
  readonly longestCallMs: number;
  /** When each override ended here: by its target, milliseconds after its expiry. */
  readonly lateness: Readonly<Record<string, number>>;
}

/** An instance of an application, in a process of its own. */
export interface ReplicaProcess {
  readonly name: string;
  /** Sets an override, as code of the application does. */
  set(target: string, options?: OverrideOptions): Promise<Override>;
  /** Sets many at once, each for itself. */
  setAll(targets: readonly string[]): Promise<void>;
  end(id: string): Promise<void>;
  view(): Promise<ReplicaView>;
  /** Closes the application. */
  close(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

const program = compiledFile(fileURLToPath(new URL('./replica-program.ts', import.meta.url)));

/**
 * Starts an instance of an application that shares overrides, see replica-program.ts.
 *
 * @param prefix What it is started with, for example to be in another network.
 */
export async function startReplica(
  name: string,
  kind: string,
  options: object,
  prefix: readonly string[] = [],
): Promise<ReplicaProcess> {
  const node = [process.execPath, program, name, kind, JSON.stringify(options)];
  const [file, ...args] = [...prefix, ...node] as [string, ...string[]];
  const child = spawn(file, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${name} ended before it was up`);
    }),
  ]);
  const ask = asker(child);
  return {
    name,
    set: (target, overrideOptions) => ask('set', target, overrideOptions) as Promise<Override>,
    setAll: (targets) => ask('setAll', targets) as Promise<void>,
    end: (id) => ask('end', id) as Promise<void>,
    view: () => ask('view') as Promise<ReplicaView>,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGCONT');
      ask('close').catch(() => undefined);
      await ended;
    },
    signal: (signal) => void child.kill(signal),
  };
}

function asker(child: ChildProcess): (verb: string, ...args: unknown[]) => Promise<unknown> {
  let lastId = 0;
  // Several questions may be open.
  child.setMaxListeners(0);
  return (verb, ...args) => {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const take = (answer: unknown) => {
        const { id: answered, result } = answer as { id: number; result: unknown };
        if (answered !== id) return;
        child.removeListener('message', take);
        child.removeListener('exit', fail);
        resolve(result);
      };
      const fail = () => reject(new Error('the instance has ended'));
      child.on('message', take);
      child.once('exit', fail);
      child.send({ id, verb, args });
    });
  };
}
