/** Logs so many records a second, for so long, and waits for what is on its way. */
import { config, issuer, loggerOf, makeHandler, note, sleep, watchMemory } from './under-test.mjs';

const { handler: spec, perSecond, seconds, promise = 'stats', waitMs = 6_000 } = config;
const handler = makeHandler(spec);
const last = handler.listener?.handlers?.[0] ?? handler;
const records = issuer(loggerOf(handler), (number) =>
  promise === 'call' ? number + 1 : last.stats.delivered,
);
// What a program is made of is not what it keeps.
if (config.memory) setTimeout(() => watchMemory(500), 2_000).unref();
note('n', `pid ${process.pid}`);
note('n', 'started');
const waiting = () => handler.stats.queued + (handler.stats.spooled ?? 0);
const started = performance.now();
for (let due = 0; due < seconds * perSecond; ) {
  await sleep(5);
  due = Math.min(seconds * perSecond, Math.floor(((performance.now() - started) / 1000) * perSecond));
  while (records.next < due) records.issue();
  records.settle();
}
for (let wait = 0; wait < waitMs && waiting() > 0; wait += 20) await sleep(20);
await handler.flush();
records.settle();
note('s', JSON.stringify(handler.stats));
await handler.close();
