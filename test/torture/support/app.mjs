import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Ledger } from './ledger.mjs';

const programs = new URL('../programs/', import.meta.url);
const loader = new URL('../../support/ts-loader.mjs', import.meta.url).href;

/**
 * The part of the library that is tortured: a build, or the sources.
 *
 * @param {{ dist?: string, sources?: boolean }} options
 */
export function chooseCore({ dist, sources }) {
  const build = dist === undefined ? new URL('../../../dist/', import.meta.url) : new URL(`file://${dist}/`);
  process.env.TORTURE_CORE = sources
    ? new URL('../../../lib/core.ts', import.meta.url).href
    : new URL('esm/core.js', build).href;
}

/** The command line of a program under test. */
export function commandOf(program, config, nodeFlags = []) {
  const flags = process.env.TORTURE_CORE?.endsWith('.ts') ? ['--import', loader, ...nodeFlags] : nodeFlags;
  const file = fileURLToPath(new URL(`${program}.mjs`, programs));
  return [process.execPath, ...flags, file, JSON.stringify(config)];
}

const running = new Set();

/** Ends all programs that still run. */
export function endAll() {
  for (const child of running) endGroup(child);
}

function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

let writers = 0;

/** A number no other program of this run has. */
export function newWriter() {
  writers += 1;
  return writers;
}

/**
 * Starts a program under test; its ledger is kept here, by descriptor 3.
 *
 * @param {string} program Name of a file in programs/.
 * @param {object} config What it gets to know; `writer` is added.
 * @param {{ shell?: string, env?: object, nodeFlags?: string[], stdout?: 'pipe' | 'ignore', writer?: number }} options
 * `shell`: a bash script in which `"$@"` is the program.
 */
export function startApp(program, config, options = {}) {
  const { shell, env, nodeFlags, stdout = 'ignore', writer = newWriter() } = options;
  const command = commandOf(program, { writer, ...config }, nodeFlags);
  const [file, ...args] =
    shell === undefined ? command : ['bash', '-c', `ulimit -c 0; ${shell}`, 'bash', ...command];
  const child = spawn(file, args, {
    stdio: ['ignore', stdout, 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    // A group of its own, to be ended with all that a shell started.
    detached: true,
  });
  running.add(child);
  const ledger = new Ledger(writer).follow(child.stdio[3]);
  const app = { child, ledger, stderr: '', ended: undefined };
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    if (app.stderr.length < 200_000) app.stderr += chunk;
  });
  app.ended = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal);
    });
  });
  return app;
}

/** Starts a program and waits for its end, with a deadline. */
export async function runApp(program, config, options = {}) {
  const app = startApp(program, config, options);
  const timer = setTimeout(() => {
    app.ledger.uncaught.push('it did not end in time and was killed');
    endGroup(app.child);
  }, options.timeoutMs ?? 120_000);
  app.ending = await app.ended;
  clearTimeout(timer);
  return app;
}

/**
 * What the library reported: how often, of which system errors, and whatever is no fault of the system's.
 */
export function reportsIn(stderr) {
  const reports = stderr.split(/^--- Logging error ---\n/m).slice(1);
  // libuv has no name for EDQUOT.
  const codeOf = (text) =>
    /\b(?:E[A-Z]{2,}|UNKNOWN|Unknown system error)\b/.exec(text.split('\n', 1)[0])?.[0];
  return {
    count: reports.length,
    codes: [...new Set(reports.map(codeOf))].filter((code) => code !== undefined),
    // A descriptor that is closed already is a mistake of ours.
    strange: reports.filter((text) => [undefined, 'EBADF'].includes(codeOf(text))),
  };
}

/** Adds to a row's problems unless these errors, and nothing but system errors, were reported. */
export function expectReports(row, stderr, ...expected) {
  const { codes, strange } = reportsIn(stderr);
  for (const code of expected) if (!codes.includes(code)) row.problems.push(`${code} was not reported`);
  if (strange.length > 0) row.problems.push(`reported: ${strange[0].slice(0, 1_500)}`);
}
