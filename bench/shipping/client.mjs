/**
 * One logger that ships so many records to one engine, in a process of its own; sends what that took to its parent.
 *
 * Records come at a steady pace, as in a server that is busy, some hundred in each turn of the event loop.
 */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { LOGGERS } from './loggers.mjs';

const TICK_MS = 10;
/** Where the machine is busy with something else, what is late comes in portions, as requests would. */
const MOST_A_TICK = 1_000;
const SAMPLE_MS = 100;
/** Workers start, and connections open, before anything is measured. */
const SETTLING_MS = 1_000;

const { destination, name, address, records, pace, endMs } = JSON.parse(process.argv[2]);
/** `nothing` is the same loop without a logger: what a process takes that waits, and makes messages. */
const subject =
  name === 'nothing' ? { log: () => {}, end: async () => {} } : await LOGGERS[destination][name](address);
// What a peer rejects somewhere is its business; the count of what arrived says what came of it.
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});
await delay(SETTLING_MS);

const memory = { rss: process.memoryUsage.rss(), heap: 0 };
const before = { cpu: process.cpuUsage(), rss: memory.rss };
let thrown;
const calls = await logAll();
const sampler = setInterval(sample, SAMPLE_MS);
const ending = performance.now();
const isEnded = await Promise.race([
  subject.end().then(
    () => true,
    () => false,
  ),
  delay(endMs, false),
]);
const endedMs = performance.now() - ending;
clearInterval(sampler);
sample();
const cpu = process.cpuUsage(before.cpu);
const result = {
  cpuMs: (cpu.user + cpu.system) / 1_000,
  callMs: calls.totalMs,
  longestMs: calls.longestMs,
  rssMiB: process.resourceUsage().maxRSS / 1_024,
  grownMiB: process.resourceUsage().maxRSS / 1_024 - before.rss / 2 ** 20,
  heapMiB: memory.heap / 2 ** 20,
  endedMs,
  isEnded,
  counted: subject.counted?.(),
  thrown,
};
process.send(result, () => process.exit(0));

async function logAll() {
  const started = performance.now();
  let [logged, totalMs, longestMs, sampled] = [0, 0, 0, started];
  while (logged < records) {
    await delay(TICK_MS);
    const start = performance.now();
    const onTime = Math.floor(((start - started) * pace) / 1_000);
    const due = Math.min(records, onTime, logged + MOST_A_TICK);
    for (; logged < due; logged += 1) {
      try {
        subject.log(logged);
      } catch (error) {
        // That would end an application. What is left is lost.
        thrown = String(error);
        logged = records;
      }
    }
    const took = performance.now() - start;
    totalMs += took;
    longestMs = Math.max(longestMs, took);
    if (start - sampled >= SAMPLE_MS) {
      sampled = start;
      sample();
    }
  }
  return { totalMs, longestMs };
}

function sample() {
  memory.heap = Math.max(memory.heap, process.memoryUsage().heapUsed);
}
