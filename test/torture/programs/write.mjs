/** Logs so many records through one handler, then ends in the way wanted. */
import {
  config,
  endings,
  issuer,
  lastOf,
  loggerOf,
  logging,
  makeHandler,
  note,
  sleep,
} from './under-test.mjs';

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
const last = lastOf(handler);
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
for (const one of new Set([handler, last])) note('s', JSON.stringify(countsOf(one)));
endings[ending]();

/** What a handler reports itself, if it reports all of it. */
function countsOf(one) {
  if (one.stats?.emitted !== undefined) return one.stats;
  one.name = 'counted';
  return logging.getLoggingStats().handlers.find(({ name }) => name === one.name);
}
