/**
 * One competitor in one case, in a process of its own. The parent lets all of them take turns:
 * `{}` measures one slice (of a cold case its first calls, before anything is warm), `{ count }` logs that many records in one tight loop and tells the memory it took.
 */
import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Calls in one turn of the event loop, so that loggers that work in the background get to. */
const CALLS_A_TURN = 1_000;

const { competitor, name, target, sliceMs, warmUpMs, hasOutput, coldCalls } = JSON.parse(process.argv[2]);
const { create } = await import(`./competitors/${competitor}.mjs`);
const subject = await create(name, target);
if (subject === undefined) {
  process.send({ isMissing: true });
} else {
  const around = subject.around ?? ((run) => run());
  const count = coldCalls ?? (await around(calibrate));
  process.on('message', (request) =>
    around(() => (request.count ? measureMemory(request.count) : measure(count))).then(reply),
  );
  process.send({ isReady: true, count });
}

/** Sends even where a competitor took over the standard streams. */
function reply(message) {
  process.send(message);
}

/** Warms up until the engine has compiled what is hot, and finds how many calls fill a slice. */
async function calibrate() {
  const started = performance.now();
  let count = 1_000;
  for (;;) {
    const { wall } = await measure(count);
    const passed = performance.now() - started;
    if (passed >= warmUpMs && wall * count >= sliceMs * 1e6) return Math.round((sliceMs * 1e6) / wall);
    if (wall * count < sliceMs * 1e6) count *= 2;
  }
}

/** Nanoseconds a call, with what the competitor does afterwards until all is written. */
async function measure(count) {
  const cpu = process.cpuUsage();
  const wall = process.hrtime.bigint();
  if (hasOutput) await callInTurns(count);
  else callMany(subject.call, 0, count);
  await subject.flush?.();
  const spent = process.cpuUsage(cpu);
  return {
    cpu: ((spent.user + spent.system) * 1_000) / count,
    wall: Number(process.hrtime.bigint() - wall) / count,
  };
}

async function callInTurns(count) {
  for (let start = 0; start < count; start += CALLS_A_TURN) {
    callMany(subject.call, start, Math.min(count, start + CALLS_A_TURN));
    await nextTurn();
  }
}

function callMany(call, from, to) {
  for (let i = from; i < to; i += 1) call(i);
}

async function measureMemory(count) {
  callMany(subject.call, 0, count);
  await subject.flush?.();
  await nextTurn();
  return { maxRss: process.resourceUsage().maxRSS * 1_024 };
}
