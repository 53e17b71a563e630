/**
 * Puts the library through faults and counts what is lost.
 *
 *   npm run torture                    all of it, the soak included (20 minutes)
 *   npm run torture -- --ci            the part that is run before every change
 *   npm run torture -- --list          what there is
 *   npm run torture -- --only NAME,…   some of it
 *   npm run torture -- --quick         fewer repetitions
 *   npm run torture -- --minutes N     a shorter or longer soak
 *   npm run torture -- --seed N        the same random choices again
 *   npm run torture -- --peers         pino, winston, log4js and Nest's logger through the same
 *   npm run torture -- --all           a missing tool or part counts as a failure
 *   npm run torture -- --sources       the TypeScript sources instead of dist/
 *   npm run torture -- --dist FOLDER   another build
 */
import { appendFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { scenarios } from './scenarios/index.mjs';
import { chooseCore, endAll } from './support/app.mjs';
import { randomFrom } from './support/random.mjs';
import { printReport, progress } from './support/report.mjs';
import { removeAll } from './support/scratch.mjs';
import { missingTools } from './support/tools.mjs';

const { values: options } = parseArgs({
  options: {
    ci: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string' },
    peers: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    sources: { type: 'boolean', default: false },
    dist: { type: 'string' },
  },
});

chooseCore(options);
process.on('exit', () => {
  endAll();
  removeAll();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const chosen = choose();
if (options.list) {
  for (const { name, title, isInCi } of chosen)
    console.log(`${name.padEnd(20)} ${isInCi ? 'ci' : '  '}  ${title}`);
} else {
  process.exitCode = (await runAll()) ? 0 : 1;
}

function choose() {
  const names = options.only?.split(',');
  const unknown = names?.filter((name) => !scenarios.some((scenario) => scenario.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`no scenario named ${unknown.join(', ')}; see --list`);
  if (names !== undefined) return scenarios.filter(({ name }) => names.includes(name));
  if (options.peers) return scenarios.filter(({ hasPeers }) => hasPeers);
  return scenarios.filter(({ isInCi, hasPeers }) => !hasPeers && (isInCi || !options.ci));
}

async function runAll() {
  const seed = Number(options.seed ?? (options.ci ? 1 : Date.now() % 2 ** 31));
  console.log(`torture, seed ${seed}${options.quick ? ', quick' : ''}`);
  const results = [];
  for (const scenario of chosen) results.push(await runOne(scenario, seed));
  printReport(results);
  return results.every(({ status }) => status === 'passed' || (status === 'skipped' && !options.all));
}

async function runOne(scenario, seed) {
  const { name } = scenario;
  const reason = await whyNot(scenario);
  const started = performance.now();
  const shown = progress(name);
  const result = { name, status: 'skipped', reason, rows: [], seconds: 0 };
  if (reason === undefined) {
    const context = {
      seed,
      random: randomFrom(seed),
      quick: options.quick,
      isCi: options.ci,
      minutes: Number(options.minutes),
      cores: Math.max(1, Math.min(4, availableParallelism())),
      step: shown.step,
    };
    try {
      result.rows = await scenario.run(context);
    } catch (error) {
      result.rows = [{ what: 'the scenario itself', problems: [error.stack] }];
    }
    result.status = result.rows.some(({ problems }) => problems.length > 0) ? 'failed' : 'passed';
  }
  result.seconds = (performance.now() - started) / 1000;
  shown.end(result);
  count(result);
  return result;
}

/** Why a scenario can not be run here; `undefined` if it can. */
async function whyNot({ needs, missing }) {
  const tools = missingTools(needs);
  return tools.length > 0 ? `needs ${tools.join(' and ')}` : missing?.();
}

function count({ name, status, rows }) {
  const { TEST_COUNTS_FILE: counts, TEST_FAILURES_FILE: failures } = process.env;
  if (counts) appendFileSync(counts, `${JSON.stringify({ [status]: 1 })}\n`);
  if (!failures) return;
  for (const { what, problems } of rows)
    for (const problem of problems)
      appendFileSync(failures, `torture ${name} › ${what}: ${String(problem).slice(0, 1_000)}\n`);
}
