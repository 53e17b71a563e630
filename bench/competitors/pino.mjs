import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';
import * as payload from '../lib/payload.mjs';
import { BATCH_BYTES } from '../lib/sink.mjs';

/** With its own file destination, synchronous: in the thread, and nothing is lost in between. */
export function create(name, target) {
  const make = CASES[name];
  if (make === undefined) return undefined;
  const open = (dest) =>
    pino.destination({ dest, sync: true, minLength: target.isBatched ? BATCH_BYTES : 0 });
  const destinations = [open(target.path)];
  if (name === 'handlers') destinations.push(open(target.secondPath));
  const flush = () => {
    for (const destination of destinations) destination.flushSync();
  };
  const made = make(destinations);
  return typeof made === 'function' ? { call: made, flush } : { ...made, flush };
}

const logger = ([destination], options = {}) => pino({ name: payload.LOGGER_NAME, ...options }, destination);
const plain = (log) => (i) => log.info(payload.message(i));
const withFields = (log, fields) => (i) => log.info(fields(i), payload.message(i));

const CASES = {
  disabled: (to) => {
    const log = logger(to);
    return (i) => log.debug(payload.message(i));
  },
  disabledMany: (to) => {
    const root = logger(to);
    const loggers = payload.manyLoggers((name) => root.child({ logger: name }));
    return (i) => loggers[i & 15].debug(payload.message(i));
  },
  json: (to) => plain(logger(to)),
  arguments: (to) => {
    const log = logger(to);
    return (i) => log.info(payload.TEMPLATE, i, payload.person(i), i);
  },
  fields: (to) => {
    const log = logger(to);
    return (i) => log.info(payload.fields(i), payload.message(i));
  },
  child: (to) =>
    plain(
      payload.DEEP_NAME.split('.').reduce(
        (log, part, depth) => log.child({ [`part${depth}`]: part }),
        logger(to),
      ),
    ),
  error: (to) => {
    const log = logger(to);
    return (i) => log.error(payload.error(i), payload.message(i));
  },
  unique: (to) => {
    const log = logger(to);
    return (i) => log.info(payload.uniqueMessage(i));
  },
  many: (to) => {
    const root = logger(to);
    const calls = payload.callSites((name) => root.child({ logger: name }));
    return (i) => calls[i % calls.length](i);
  },
  number: (to) => {
    const log = logger(to);
    return (i) => log.info('%d of %d (%s)', i * 1.25, i, payload.person(i));
  },
  repr: (to) => {
    const log = logger(to);
    return (i) => log.info('got %o', { id: i, user: payload.person(i) });
  },
  newFields: (to) => withFields(logger(to), payload.newFields),
  bound: (to) => plain(logger(to).child(payload.BOUND)),
  boundOwn: (to) => {
    const log = logger(to).child(payload.BOUND);
    return (i) => log.info({ orderId: i, amount: 12.5 }, payload.message(i));
  },
  nested: (to) => withFields(logger(to), payload.nestedFields),
  long: (to) => {
    const log = logger(to);
    return (i) => log.info(payload.longMessage(i));
  },
  unicode: (to) => {
    const log = logger(to);
    return (i) => log.info(payload.unicodeMessage(i));
  },
  control: (to) => {
    const log = logger(to);
    return (i) => log.info(payload.controlMessage(i));
  },
  errors: (to) => {
    const log = logger(to);
    return (i) => log.error(payload.deepError(i), payload.message(i));
  },
  redactPaths: (to) => withFields(logger(to, { redact: payload.SECRET_PATHS }), payload.secretFields),
  // It has named paths and nothing else: the other two cases are the same work for it.
  redactScan: (to) => withFields(logger(to, { redact: payload.SECRET_PATHS }), payload.secretFields),
  redactPlain: (to) => withFields(logger(to, { redact: payload.SECRET_PATHS }), payload.fields),
  first: (to) => plain(logger(to)),
  handlers: (to) => plain(logger([pino.multistream(to.map((stream) => ({ stream })))])),
  context: (to) => {
    const storage = new AsyncLocalStorage();
    return {
      call: plain(logger(to, { mixin: () => storage.getStore() })),
      around: (run) => storage.run(payload.CONTEXT, run),
    };
  },
};
