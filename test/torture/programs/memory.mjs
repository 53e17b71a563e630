/** Logs a million records for somebody who takes none of them, and watches its own memory. */
import { Writable } from 'node:stream';
import { config, loggerOf, logging, makeHandler, note } from './under-test.mjs';

const { handler: spec, count } = config;
const handler =
  spec === 'stream'
    ? // A stream of Node's whose destination never says that it is done.
      new logging.StreamHandler({ stream: new Writable({ write() {} }) })
    : makeHandler(spec);
const logger = loggerOf(handler);
const text = 'x'.repeat(250);
const weigh = () => note('m', process.memoryUsage.rss());

// What the first records bring along is not what is kept.
for (let index = 0; index < 200; index++) logger.info('%d %s', index, text);
globalThis.gc();
weigh();
for (let index = 200; index < count; index++) {
  try {
    logger.info('%d %s', index, text);
  } catch (error) {
    note('x', String(error));
  }
  if (index % 5_000 === 0) {
    weigh();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
weigh();
note('s', JSON.stringify(handler.stats));
process.kill(process.pid, 'SIGKILL');
