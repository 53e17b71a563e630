/** The bench: `npm run bench -- --help` lists its options. Prints tables and writes the figures as JSON. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CASES, COMPETITORS, MODES } from './lib/cases.mjs';
import { measureGrowth } from './lib/growth.mjs';
import { HTTP_VARIANTS, measureHttp, PLATFORMS } from './lib/http.mjs';
import { installLibrary, installPeers, versions } from './lib/install.mjs';
import { measureLive } from './lib/live.mjs';
import { measureLoading } from './lib/loading.mjs';
import { describeMachine } from './lib/machine.mjs';
import { measureMemory } from './lib/memory.mjs';
import { measureNodes } from './lib/nodes.mjs';
import { readOptions } from './lib/options.mjs';
import { measureOutputs } from './lib/outputs.mjs';
import { progressLine } from './lib/progress.mjs';
import { PARTS, reportText } from './lib/report.mjs';
import { DESTINATIONS, measureShipping, SHIPPERS, STATES } from './lib/shipping.mjs';
import { measureStart } from './lib/start.mjs';
import { measureTree } from './lib/tree.mjs';
import { measureCase } from './lib/turns.mjs';

const options = readOptions();
const plan = readPlan();
const progress = progressLine();
installPeers((text) => progress.begin(text));
installLibrary(path.resolve(options.library));

const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: describeMachine(),
  versions: versions(),
  ...plan.timing,
};
/** What each part does to the report. Turns that are long by themselves are as few as starts. */
const RUN = {
  memory: async (onProgress) => {
    const competitors = plan.competitors.filter((each) => each !== 'cpython');
    const results = await measureMemory(plan.records, { competitors, onProgress });
    report.memory = { records: plan.records, results };
  },
  loading: (onProgress) => {
    report.loading = measureLoading({ rounds: plan.timing.rounds, onProgress });
  },
  start: (onProgress) => {
    report.start = measureStart({ rounds: plan.timing.rounds, root: options.library, onProgress });
  },
  tree: () => {
    report.tree = measureTree();
  },
  outputs: (onProgress) => {
    report.outputs = measureOutputs({ rounds: plan.timing.starts, onProgress });
  },
  growth: (onProgress) => {
    report.growth = measureGrowth({ rounds: plan.timing.starts, onProgress });
  },
  live: async (onProgress) => {
    report.live = await measureLive({ ...plan.timing, onProgress });
  },
  shipping: runShipping,
  http: runHttp,
  nodes: (onProgress) => {
    report.nodes = measureNodes({ library: path.resolve(options.library), onProgress });
  },
};

await runCases();
await runParts();
progress.end();
save(report);
console.log(reportText(report));

function readPlan() {
  const { only = [...Object.keys(CASES), ...PARTS], peers = COMPETITORS, records, quick } = options;
  return {
    cases: only.filter((name) => name in CASES),
    parts: only.filter((name) => PARTS.includes(name)),
    modes: options.modes ?? (quick ? ['line-file', 'batched-file'] : Object.keys(MODES)),
    competitors: COMPETITORS.filter((name) => name === 'ours' || peers.includes(name)),
    timing: quick ? { rounds: 8, starts: 2, sliceMs: 60 } : { rounds: 21, starts: 3, sliceMs: 150 },
    // Many short turns: what slows the machine comes in bursts of seconds.
    http: quick ? { rounds: 4, starts: 2, seconds: 1 } : { rounds: 15, starts: 5, seconds: 1.5 },
    records: quick ? 100_000 : 1_000_000,
    shipping: {
      ...{ records, pace: 10_000, rounds: quick ? 1 : 3, states: STATES },
      destinations: options.to ?? DESTINATIONS,
      loggers: SHIPPERS.filter((name) => name === 'ours' || (options.peers ?? SHIPPERS).includes(name)),
    },
  };
}

async function runCases() {
  report.cases = {};
  const { machine } = report;
  for (const [at, name] of plan.cases.entries()) {
    report.cases[name] = {};
    const { title, hasOutput } = CASES[name];
    for (const mode of hasOutput === false ? ['line-file'] : plan.modes) {
      progress.begin(`case ${at + 1} of ${plan.cases.length}, ${title}, ${MODES[mode].title}`);
      report.cases[name][mode] = await measureCase(name, mode, {
        competitors: plan.competitors.filter(
          (each) => each !== 'cpython' || (machine.python && !MODES[mode].isBatched),
        ),
        ...plan.timing,
        onProgress: progress.detail,
      });
      save(report);
    }
  }
}

async function runParts() {
  for (const part of plan.parts) {
    progress.begin(part);
    await RUN[part](progress.detail);
    save(report);
  }
}

async function runShipping(onProgress) {
  const { date, machine, versions: compared } = report;
  const onResult = (result) => {
    report.shipping = { date, machine, versions: compared, ...result };
    save(report);
  };
  onResult(await measureShipping({ ...plan.shipping, onStep: progress.begin, onProgress, onResult }));
}

async function runHttp(onProgress) {
  report.http = {};
  const wanted = options.peers ?? HTTP_VARIANTS;
  const variants = HTTP_VARIANTS.filter((name) =>
    options.variants === undefined
      ? name === 'none' || name.startsWith('ours') || wanted.includes(name)
      : name === 'none' || options.variants.includes(name),
  );
  for (const platform of PLATFORMS) {
    progress.begin(`http on ${platform}`);
    report.http[platform] = await measureHttp({ platform, variants, ...plan.http, onProgress });
  }
}

/** After each step, so that a bench that is stopped leaves what it has found out. */
function save(figures) {
  mkdirSync(path.dirname(options.out), { recursive: true });
  writeFileSync(options.out, `${JSON.stringify(figures, null, 2)}\n`);
}
