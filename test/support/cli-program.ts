/** Runs the command line from the sources. */
import process from 'node:process';
import { runCli } from '../../lib/cli/run.js';

process.exitCode = await runCli(process.argv.slice(2));
