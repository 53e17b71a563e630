/** Logs a million records for somebody who takes none of them, and watches its own memory. */
import { Writable } from 'node:stream';
import { config, loggerOf, logging, makeHandler, note, sleep } from './under-test.mjs';

const { handler: spec, idle: idleSpec, count, usesBuffers } = config;
const text = 'x'.repeat(250);
/** What other parts of a program do all the time: small Buffers, out of the pool that Node shares. */
const pad = 'y'.repeat(1_500);
let other;

async function log(handler, from, end) {
  const logger = loggerOf(handler, from === 0 ? 'idle' : 'torture');
  let most = 0;
  for (let index = from; index < from + end; index++) {
    try {
      logger.info('%d %s', index, text);
    } catch (error) {
      note('x', String(error));
    }
    if (usesBuffers) other = Buffer.from(pad);
    if (index % 5_000 === 0) {
      most = Math.max(most, process.memoryUsage.rss());
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return Math.max(most, process.memoryUsage.rss());
}

/** Streams of Node's: one whose destination never says that it is done, and one that takes all there is at each turn. */
const streams = {
  'deaf stream': () => new Writable({ write() {} }),
  stream: () => new Writable({ writev: (_, done) => setImmediate(done) }),
};

function make(wanted) {
  const stream = streams[wanted]?.();
  return stream === undefined ? makeHandler(wanted) : new logging.StreamHandler({ stream });
}

/** Bytes of all that is in use. */
async function inUse() {
  // What is outside of the heap is freed beside the program, some time after its owner is.
  for (let time = 0; time < 3; time++) {
    globalThis.gc();
    await sleep(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// What logging takes when the records do go somewhere, garbage included, is not what is kept: the same program first,
// with a sink that takes everything.
const idle = make(idleSpec);
const before = await log(idle, 0, 200_000);
await idle.flush();
const least = await inUse();
note('m', before);
const handler = make(spec);
note('m', await log(handler, 200_000, count));
note('n', `held ${(await inUse()) - least}`);
note('s', JSON.stringify(handler.stats));
if (usesBuffers && other.length !== pad.length) note('u', 'the pool is not what it was');
process.kill(process.pid, 'SIGKILL');
