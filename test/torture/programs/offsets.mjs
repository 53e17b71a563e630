/** Calls flush() and shutdown() at random moments and looks at once what is out. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { Oracle } from '../support/oracle.mjs';
import { between, randomFrom } from '../support/random.mjs';
import { textsIn } from '../support/scratch.mjs';
import { config, issuer, loggerOf, logging, note } from './under-test.mjs';

const { folder, times, seed } = config;
const random = randomFrom(seed);

const kinds = {
  file: (filename) => new logging.FileHandler({ filename }),
  'batched file': (filename) => new logging.FileHandler({ filename, bufferSize: 16_384 }),
  'rotating file': (filename) =>
    new logging.RotatingFileHandler({
      filename,
      maxBytes: 20_000,
      backupCount: 1_000,
      compress: true,
      bufferSize: 1_000,
    }),
  queue: (filename) =>
    new logging.QueueHandler({ handlers: [new logging.FileHandler({ filename, bufferSize: 4_000 })] }),
  memory: (filename) =>
    new logging.MemoryHandler({
      capacity: 5_000,
      target: new logging.FileHandler({ filename, bufferSize: 4_000 }),
    }),
  // A stream that takes its time.
  stream: (filename) => {
    const file = new logging.FileHandler({ filename });
    const write = (chunk, _, done) =>
      setTimeout(() => {
        file.file.write(String(chunk));
        done();
      }, 1);
    return new logging.StreamHandler({ stream: new Writable({ write, decodeStrings: false }) });
  },
};

for (let time = 0; time < times; time++) {
  const kind = Object.keys(kinds)[time % Object.keys(kinds).length];
  const own = path.join(folder, `t${time}`);
  mkdirSync(own);
  const writer = config.writer * 10_000 + time;
  const handler = kinds[kind](path.join(own, 'app.log'));
  const logger = loggerOf(handler, `offsets.${time}`);
  const records = issuer(logger, () => 0, { writer });
  const most = kind === 'stream' ? 30 : 2_000;
  const write = (count) => {
    for (let index = 0; index < count; index++) records.issue();
  };
  write(between(random, 0, most));
  if (random() < 0.5) await new Promise((resolve) => setImmediate(resolve));
  const action = ['flush', 'shutdown', 'both', 'close'][Math.floor(random() * 4)];
  const due = records.next;
  const pending = { flush, shutdown: logging.shutdown, both, close: closing }[action](handler);
  // What is logged meanwhile may come out or not, but nothing may break.
  if (random() < 0.5) write(between(random, 0, 20));
  await pending;
  look(own, writer, due, `${kind}, ${action} at ${due}`);
  if (action === 'flush') {
    write(between(random, 0, most));
    await logging.shutdown();
    look(own, writer, records.next, `${kind}, shutdown at ${records.next}`);
  }
  logger.removeHandler(handler);
  note('n', `at ${time + 1}`);
}

function look(own, writer, due, what) {
  const oracle = new Oracle();
  for (const text of textsIn(own)) oracle.read(text);
  const { problems } = oracle.judge([{ writer, issued: 1e9, promised: due, thrown: [], problems: () => [] }]);
  for (const problem of problems) note('n', `wrong ${what}: ${problem}`);
}

async function flush(handler) {
  await handler.flush();
}

async function both(handler) {
  await Promise.all([handler.flush(), logging.shutdown(), handler.flush(), logging.shutdown()]);
}

async function closing(handler) {
  await handler.flush();
  await handler.close();
}
