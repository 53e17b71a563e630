const [comp, name, n] = process.argv.slice(2);
process.argv[2] = JSON.stringify({ name });
const { create } = await import(`/work/main/bench/competitors/${comp}.mjs`);

import { truncateSync } from 'node:fs';

const s = create(name, {
  path: '/tmp/bl/ic.log',
  secondPath: '/tmp/bl/ic2.log',
  isBatched: process.env.LINE !== '1',
});
const run = (from, k) =>
  (s.around ?? ((f) => f()))(() => {
    for (let i = from; i < from + k; i++) s.call(i);
  });
for (let i = 0; i < +n; i += 1000) {
  run(i, 1000);
  if (i % 100000 === 0)
    try {
      truncateSync('/tmp/bl/ic.log');
    } catch {}
  await new Promise(setImmediate);
}
