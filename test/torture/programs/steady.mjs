/** Logs so many records a second, for so long, or until standard input, if there is one, ends. */
import { config, issuer, loggerOf, makeHandler, note, sleep, watchMemory } from './under-test.mjs';

const { handler: spec, perSecond, seconds } = config;
const handler = makeHandler(spec);
const last = handler.listener?.handlers?.[0] ?? handler;
const records = issuer(loggerOf(handler), () => last.stats.delivered);
if (config.memory) watchMemory();
note('n', 'started');
const started = performance.now();
for (let due = 0; due < seconds * perSecond; ) {
  await sleep(5);
  due = Math.min(seconds * perSecond, Math.floor(((performance.now() - started) / 1000) * perSecond));
  while (records.next < due) records.issue();
  records.settle();
}
for (let wait = 0; wait < 6_000 && handler.stats.queued > 0; wait += 20) await sleep(20);
await handler.flush();
records.settle();
note('s', JSON.stringify(handler.stats));
await handler.close();
