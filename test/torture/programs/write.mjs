/** Logs so many records through one handler, then ends in the way wanted. */
import { config, endings, issuer, loggerOf, makeHandler, note, sleep } from './under-test.mjs';

const {
  handler: spec,
  count,
  ending = 'return',
  promise = 'stats',
  yieldEvery = 0,
  pauseMs = 0,
  close = false,
} = config;
const handler = makeHandler(spec);
// A queue has delivered what its listener took; what counts is what that wrote.
const last = handler.listener?.handlers?.[0] ?? handler;
const records = issuer(loggerOf(handler), (number) =>
  promise === 'call' ? number + 1 : last.stats.delivered,
);
for (let index = 0; index < count; index++) {
  records.issue();
  if (yieldEvery > 0 && index % yieldEvery === 0) await sleep(pauseMs);
}
if (close) {
  await handler.flush();
  await handler.close();
}
records.settle();
note('s', JSON.stringify(handler.stats));
if (last !== handler) note('s', JSON.stringify(last.stats));
endings[ending]();
