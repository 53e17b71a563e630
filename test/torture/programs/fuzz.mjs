/** Random and hostile values in every place of a record, through every formatter and handler there is. */
import { createServer } from 'node:net';
import fc from 'fast-check';
import { hostileValues } from '../support/hostile-values.mjs';
import { config, logging, note } from './under-test.mjs';

const { runs, seed } = config;
logging.setRaiseExceptions(false);

/** Every formatter that the library exports. */
const formatters = Object.entries(logging).filter(
  ([, value]) => typeof value === 'function' && value.prototype instanceof logging.Formatter,
);
formatters.push(['Formatter', logging.Formatter]);

/** Keeps the text of the last record, or what was thrown at `handleError`. */
class Capture extends logging.Handler {
  text;
  count = 0;
  emit(record) {
    this.text = this.format(record);
    this.count += 1;
  }
}

const captures = formatters.map(([name, type]) => {
  const options =
    type === logging.Formatter ? { format: '%(asctime)s %(name)s %(levelname)s %(message)s' } : {};
  return { name, handler: new Capture({ formatter: new type(options) }), isJson: /json/i.test(name) };
});

// Somebody who takes everything and answers nothing.
const sockets = [];
const sink = createServer((socket) => {
  sockets.push(socket);
  socket.on('error', () => {}).resume();
});
await new Promise((resolve) => sink.listen(0, '127.0.0.1', resolve));
const { port } = sink.address();
const at = { host: '127.0.0.1', port };
const takesAnyMail = { sendMail: async () => ({}) };
const mail = { fromaddr: 'shop@example.com', digest: false };
const file = (name, more = {}) => new logging[name]({ filename: '/dev/null', ...more });

const handlers = [
  file('FileHandler'),
  file('FileHandler', { bufferSize: 4_096, formatter: new logging.JsonFormatter() }),
  file('RotatingFileHandler', { maxBytes: 1_000, backupCount: 1 }),
  file('TimedRotatingFileHandler'),
  file('WatchedFileHandler'),
  new logging.StreamHandler({ stream: { write() {} } }),
  new logging.MemoryHandler({ capacity: 10, target: new Capture() }),
  new logging.QueueHandler({ handlers: [new Capture({ formatter: new logging.JsonFormatter() })] }),
  new logging.QueueHandler({ queue: { put_nowait() {} } }),
  new logging.SocketHandler(at),
  new logging.DatagramHandler(at),
  new logging.SysLogHandler({ address: ['127.0.0.1', port], socktype: 'tcp' }),
  new logging.HTTPHandler({ host: `127.0.0.1:${port}`, url: '/', method: 'POST', maxRetries: 0 }),
  new logging.RelpHandler({ address: ['127.0.0.1', port] }),
  new logging.SMTPHandler({
    ...mail,
    mailhost: '127.0.0.1',
    toaddrs: 'ops@example.com',
    subject: 'Shop: error',
    nodemailer: { createTransport: () => takesAnyMail },
  }),
  new logging.AdminEmailHandler({
    ...mail,
    admins: ['ops@example.com'],
    include_html: true,
    email_backend: takesAnyMail,
  }),
  new logging.OTLPHandler({ endpoint: `http://127.0.0.1:${port}`, maxRetries: 0 }),
  new logging.LokiHandler({ url: `http://127.0.0.1:${port}`, maxRetries: 0 }),
  new logging.ElasticsearchHandler({ url: `http://127.0.0.1:${port}`, index: 'logs', maxRetries: 0 }),
  new logging.SplunkHandler({ url: `http://127.0.0.1:${port}`, token: 'a-token', maxRetries: 0 }),
  new logging.DatadogHandler({ url: `http://127.0.0.1:${port}`, apiKey: 'a-key', maxRetries: 0 }),
  new logging.BufferingHandler({ capacity: 10 }),
  new logging.NullHandler(),
];

// Those derived from one that is there and add nothing to what becomes of a record.
const derived = ['BaseRotatingHandler', 'RedirectStdHandler', 'AirflowTaskHandler'];
// Those that need a server of their kind, or another package: the tests of each log hostile records through it.
const elsewhere = [
  ...['AMQPHandler', 'CloudWatchHandler', 'FluentHandler', 'GELFHandler', 'JournaldHandler', 'KafkaHandler'],
  ...['NATSHandler', 'OpenTelemetryHandler', 'RedisStreamHandler'],
];
const spared = [...derived, ...elsewhere];
for (const [name, value] of Object.entries(logging)) {
  if (typeof value !== 'function' || !(value.prototype instanceof logging.Handler)) continue;
  if (!spared.includes(name) && !handlers.some((handler) => handler instanceof value))
    note('n', `wrong ${name}: nothing is logged through it`);
}

const logger = logging.getLogger('fuzz');
logger.setLevel('DEBUG');
logger.propagate = false;
for (const handler of [...captures.map((capture) => capture.handler), ...handlers])
  logger.addHandler(handler);

/** Where a value can be. Those marked are no mistake of the caller's: the record has to come out. */
const places = [
  { name: 'message', isFine: true, log: (value) => logger.info(value) },
  { name: '%s', isFine: true, log: (value) => logger.info('value %s', value) },
  { name: '%r', isFine: true, log: (value) => logger.info('value %r', value) },
  { name: 'extra', isFine: true, log: (value) => logger.info('value', { extra: { value } }) },
  {
    name: 'deep in extra',
    isFine: true,
    log: (value) => logger.info('value', { extra: { a: [{ b: value }, value] } }),
  },
  { name: 'excInfo', isFine: true, log: (value) => logger.error('value', { excInfo: value }) },
  { name: 'exception()', isFine: true, log: (value) => logger.exception(value) },
  {
    name: 'cause',
    isFine: true,
    log: (value) => logger.error('value', new Error('outer', { cause: value })),
  },
  {
    name: 'member',
    isFine: true,
    log: (value) => logger.error('value', new AggregateError([value], 'outer')),
  },
  { name: '%(a)s', isFine: true, log: (value) => logger.info('value %(a)s', { a: value }) },
  { name: 'surplus argument', isFine: false, log: (value) => logger.info('value', 1, value) },
  { name: '%d', isFine: false, log: (value) => logger.info('value %d', value) },
  { name: 'extra itself', isFine: false, log: (value) => logger.info('value', { extra: value }) },
];

let records = 0;
const dirty = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]/;

/** Logs a value in one place. @throws {Error} If anything is wrong with what came of it. */
function check(place, value) {
  for (const { handler } of captures) handler.text = undefined;
  records += 1;
  try {
    place.log(value);
  } catch (error) {
    // As in Python, a key that is the record's own is refused.
    if (place.name !== 'extra itself' || error.code !== 'ERR_LOGGING_EXTRA_CLASH') throw error;
  }
  for (const { name, handler, isJson } of captures) {
    const { text } = handler;
    if (text === undefined) {
      if (place.isFine) throw new Error(`${name}, ${place.name}: the record did not come out`);
    } else if (typeof text !== 'string') throw new Error(`${name}, ${place.name}: gave ${typeof text}`);
    else if (isJson) checkJson(name, text);
    else if (dirty.test(text.replaceAll(/\x1b\[[0-9;]*m/g, '')))
      throw new Error(`${name}, ${place.name}: controls in ${JSON.stringify(text.slice(0, 300))}`);
  }
}

function checkJson(name, text) {
  if (text.includes('\n') || dirty.test(text)) throw new Error(`${name}: not one clean line`);
  const parsed = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${name}: no object`);
  if (Buffer.byteLength(text) > 300_000) throw new Error(`${name}: ${Buffer.byteLength(text)} bytes`);
}

/** As `check`; what is wrong becomes a note instead. */
function guarded(title, place, value) {
  try {
    check(place, value);
  } catch (error) {
    note(
      'n',
      `wrong ${title}: ${String(error?.stack ?? error)
        .replaceAll('\n', ' | ')
        .slice(0, 600)}`,
    );
  }
}

if (config.hostile) {
  for (const place of places)
    for (const [name, value] of Object.entries(hostileValues())) guarded(name, place, value);
}

const breath = () => new Promise((resolve) => setImmediate(resolve));
// Not drawn as they are: the drawing library could not bear them.
const hostile = fc.constantFrom(
  ...Object.keys(hostileValues()).filter((name) => !/many|long|million|deep/.test(name)),
);
const wrap = fc.constantFrom(
  (inner) => inner,
  (inner) => [1, inner],
  (inner) => ({ a: inner, b: 2 }),
  (inner) => new Map([[inner, inner]]),
  (inner) => new Set([inner]),
  (inner) => new Error('outer', { cause: inner }),
);
const anything = fc.anything({
  maxDepth: 3,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
  values: [
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.boolean(),
  ],
});
const value = fc.oneof(
  { weight: 7, arbitrary: anything.map((drawn) => () => drawn) },
  {
    weight: 1,
    arbitrary: fc.tuple(hostile, wrap).map(
      ([name, around]) =>
        () =>
          around(hostileValues([name])[name]),
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 500 }).map((text) => () => text) },
  { weight: 1, arbitrary: fc.string().map((text) => () => Object.assign(new Error(text), { code: text })) },
);

const TURN = 2_000;
for (let turn = 0; turn * TURN < runs; turn++) {
  const property = fc.property(fc.nat(places.length - 1), value, (place, drawn) =>
    check(places[place], drawn()),
  );
  const details = fc.check(property, { numRuns: TURN, seed: seed + turn, endOnFailure: true });
  if (details.failed)
    note(
      'n',
      `wrong seed ${seed + turn}: ${String(details.errorInstance?.stack ?? details.error)
        .replaceAll('\n', ' | ')
        .slice(0, 600)}`,
    );
  note('n', `at ${(turn + 1) * TURN}`);
  await breath();
}

for (const handler of [...handlers, ...captures.map((capture) => capture.handler)]) {
  if (handler.stats?.emitted !== undefined) note('s', JSON.stringify(handler.stats));
}
note(
  'n',
  `done ${JSON.stringify({ records, formatters: captures.length, handlers: handlers.length, polluted: {}.polluted === true })}`,
);
process.exit(0);
