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

async function log(to, from, end, noting) {
  for (let index = from; index < end; index++) {
    try {
      to.info('%d %s', index, text);
    } catch (error) {
      note('x', String(error));
    }
    if (index % 5_000 === 0) {
      noting();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

// What logging takes when the records do go somewhere, garbage included, is not what is kept: the same program, with a
// sink that takes everything.
let most = 0;
const idle = new logging.FileHandler({ filename: '/dev/null' });
await log(loggerOf(idle, 'idle'), 0, 200_000, () => {
  most = Math.max(most, process.memoryUsage.rss());
});
note('m', most);
await log(logger, 0, count, weigh);
weigh();
note('s', JSON.stringify(handler.stats));
process.kill(process.pid, 'SIGKILL');
