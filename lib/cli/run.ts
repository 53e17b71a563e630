import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { LoggingConfigError } from '../config/plan/config-plan.js';
import { issueText } from './issue-text.js';
import { makeProgram } from './program.js';
import { painterFor, plural, type Terminal } from './terminal.js';

/** What a shell calls a misused command. */
const MISUSED = 2;

/**
 * Runs the command line `nestjs-logging`.
 *
 * @param args What follows the command's name.
 * @returns The exit status: 0 if all is well, 1 for errors, 2 for a command line that cannot be read.
 */
export async function runCli(args: readonly string[], terminal: Terminal = process): Promise<number> {
  let status = 0;
  // A reader that stops early (`| head`) is not a failure.
  for (const stream of [terminal.stdout, terminal.stderr]) stream.on('error', () => undefined);
  const program = makeProgram(packageVersion(), terminal, (result) => {
    status = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    report(error, terminal);
    return 1;
  }
}

function report(error: unknown, terminal: Terminal): void {
  const paint = painterFor('stderr', terminal);
  if (error instanceof LoggingConfigError) {
    for (const issue of error.issues) terminal.stderr.write(`${issueText(issue, paint)}\n`);
    terminal.stderr.write(`${plural(error.issues.length, 'error')}\n`);
  } else {
    terminal.stderr.write(
      `${paint('error', 'red')}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}

/** The manifest is three levels above the built code, and two above the sources. */
function packageVersion(): string {
  for (const root of ['../../../', '../../']) {
    try {
      const { name, version } = JSON.parse(
        readFileSync(new URL(`${root}package.json`, import.meta.url), 'utf8'),
      );
      if (name === 'nestjs-logging') return version;
    } catch {
      // The next one, then.
    }
  }
  return 'unknown';
}
