/** Runs the command line from the sources: `node --import ./test/support/ts-loader.mjs test/support/cli-program.mjs check …`. */
const { runCli } = await import('../../lib/cli/run.ts');
process.exitCode = await runCli(process.argv.slice(2));
