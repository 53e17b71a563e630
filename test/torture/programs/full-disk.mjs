/** Fills the disk of its log file and frees it, again and again, and logs meanwhile. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fillDisk } from '../support/filler.mjs';
import { config, issuer, loggerOf, makeHandler, note, sleep } from './under-test.mjs';

const { handler: spec, folder, cycles, before, during, after } = config;
const filler = path.join(folder, 'filler');
const handler = makeHandler(spec);
const last = handler.listener?.handlers?.[0] ?? handler;
const records = issuer(loggerOf(handler), () => last.stats.delivered);

for (let cycle = 0; cycle < cycles; cycle++) {
  for (let index = 0; index < before; index++) records.issue();
  fillDisk(filler);
  for (let index = 0; index < during; index++) {
    records.issue();
    if (index % 50 === 0) await sleep(1);
  }
  const freed = performance.now();
  rmSync(filler);
  const fresh = records.issue();
  while (last.stats.delivered <= fresh && performance.now() - freed < 10_000) await sleep(5);
  note('r', Math.round(performance.now() - freed));
  for (let index = 1; index < after; index++) records.issue();
}
await handler.flush();
records.settle();
note('s', JSON.stringify(handler.stats));
await handler.close();
