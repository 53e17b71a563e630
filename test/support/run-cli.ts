import { Writable } from 'node:stream';
import { runCli } from '../../lib/cli/run.js';

/** What a command printed, and its exit status. */
export interface EndedCommand {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Runs the command line in a folder, in this process: one of its own would load what it needs anew for each call. */
export async function runCliIn(folder: string, args: readonly string[]): Promise<EndedCommand> {
  const printed = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof printed) =>
    new Writable({
      write(chunk, _, done) {
        printed[name] += String(chunk);
        done();
      },
    });
  const home = process.cwd();
  process.chdir(folder);
  try {
    const terminal = {
      ...{ stdin: process.stdin, env: { NO_COLOR: '1' } },
      ...{ stdout: sink('stdout'), stderr: sink('stderr') },
    };
    const status = await runCli(args, terminal);
    return { ...printed, status };
  } finally {
    process.chdir(home);
  }
}
