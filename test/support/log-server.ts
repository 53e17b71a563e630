import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A record as Python's server printed it: the attributes of its LogRecord, their types, and `getMessage()`. */
export interface ReceivedRecord {
  readonly [attribute: string]: unknown;
  readonly types: Readonly<Record<string, string>>;
}

/** Python's socket server of the logging cookbook, running. */
export interface LogServer {
  readonly port: number;
  /** What has arrived so far. */
  readonly records: readonly ReceivedRecord[];
  /** Resolves when so many records have arrived. */
  received(count: number): Promise<readonly ReceivedRecord[]>;
  /** Kills it, and resolves when it is gone. */
  kill(): Promise<void>;
}

const script = fileURLToPath(new URL('./log-server.py', import.meta.url));

/**
 * Starts a server.
 *
 * @param where A port, 0 for any, or the path of a unix socket.
 * @param form How a record is written, and, for `lines`, that each is one line of JSON.
 */
export async function startLogServer(
  kind: 'tcp' | 'udp' | 'unix' | 'unix-udp',
  where: number | string = 0,
  form: 'pickle' | 'json' | 'lines' = 'pickle',
): Promise<LogServer> {
  const child = spawn('python3', [script, kind, String(where), form], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [first] = (await once(lines, 'line')) as [string];
  const records: ReceivedRecord[] = [];
  lines.on('line', (line) => records.push(JSON.parse(line) as ReceivedRecord));
  return {
    port: (JSON.parse(first) as { port: number }).port,
    records,
    async received(count) {
      while (records.length < count) await once(lines, 'line', { signal: AbortSignal.timeout(15_000) });
      return records;
    },
    kill: () => kill(child),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
