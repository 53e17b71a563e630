/**
 * Installs or builds what the tests run against: `node scripts/engines.mjs [NAME...]`, without a name all
 * but what takes too long; `--list` to see what there is. What is there already is left as it is.
 *
 * `SKIP_ENGINES=NAME,NAME`, or `all`, keeps it from installing those. `REQUIRE_ENGINES=1` makes it fail if
 * anything asked for is not there in the end: for a machine on which no test may be skipped.
 */
import process from 'node:process';
import { catalogue, groups } from './engines/catalogue.mjs';
import { installDebian } from './engines/debian.mjs';

const args = process.argv.slice(2);
const asked = args.filter((arg) => !arg.startsWith('--'));
const isList = args.includes('--list');
const usual = isList ? Object.keys(catalogue) : ['all'];
const names = namesOf(asked.length > 0 ? asked : usual);

if (isList) list(names);
else if (!(await provide(names))) process.exitCode = 1;

/** The requested engines; a group means all of its engines. */
function namesOf(words) {
  const known = { ...groups, ...Object.fromEntries(Object.keys(catalogue).map((name) => [name, [name]])) };
  const unknown = words.filter((word) => !Object.hasOwn(known, word));
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(known).join(', ')}`);
    process.exit(2);
  }
  return [...new Set(words.flatMap((word) => known[word]))];
}

function list(names) {
  for (const name of names) {
    const { purpose, isThere, source } = catalogue[name];
    const state = isThere(name) ? 'installed' : `missing, comes with: ${source(name)}`;
    console.log(`${name.padEnd(16)} ${purpose}: ${state}`);
  }
}

/** True if nothing is missing in the end that must not be. */
async function provide(names) {
  const missing = names.filter((name) => !catalogue[name].isThere(name));
  if (missing.length === 0) return true;
  const unwanted = namesOf((process.env.SKIP_ENGINES ?? '').split(',').filter(Boolean));
  const obstacles = new Map();
  for (const name of missing) {
    const obstacle = unwanted.includes(name) ? 'SKIP_ENGINES names it' : catalogue[name].obstacle();
    if (obstacle !== undefined) obstacles.set(name, obstacle);
  }
  await installAll(
    missing.filter((name) => !obstacles.has(name)),
    obstacles,
  );
  for (const [name, obstacle] of obstacles)
    console.warn(
      `${name}: skipped with the tests that need it, ${obstacle} (${catalogue[name].source(name)})`,
    );
  return obstacles.size === 0 || !process.env.REQUIRE_ENGINES;
}

/** Installs with the tools side by side, and what comes with the same tool one after the other. */
async function installAll(names, obstacles) {
  if (names.length === 0) return;
  console.log(
    'Installing for the tests; to keep it from that, set SKIP_ENGINES to names of these, or to all:',
  );
  for (const name of names)
    console.log(`  ${name}, ${catalogue[name].purpose}: ${catalogue[name].source(name)}`);
  const tools = new Set(names.map((name) => catalogue[name].tool));
  const namesFor = (tool) => names.filter((name) => catalogue[name].tool === tool);
  await Promise.all([...tools].map((tool) => installWith(tool, namesFor(tool), obstacles)));
}

async function installWith(tool, names, obstacles) {
  if (tool === 'apt-get') {
    await timed(names, obstacles, () => installDebian(names.map((name) => catalogue[name])));
    return;
  }
  for (const name of names) await timed([name], obstacles, () => catalogue[name].install(name));
}

/** Says while it goes on that it does, and how it ended. */
async function timed(names, obstacles, install) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1_000);
  const label = names.join(', ');
  const progress = setInterval(() => console.log(`${label}: ${seconds()} s, going on`), 30_000);
  try {
    await install();
    console.log(`${label}: installed in ${seconds()} s`);
  } catch (error) {
    console.error(`${label}: ${error.message}`);
    for (const name of names) obstacles.set(name, 'its installation failed');
  } finally {
    clearInterval(progress);
  }
}
