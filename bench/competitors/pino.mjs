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

const CASES = {
  disabled: (to) => {
    const log = logger(to);
    return (i) => log.debug(payload.message(i));
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
  handlers: (to) => plain(logger([pino.multistream(to.map((stream) => ({ stream })))])),
  context: (to) => {
    const storage = new AsyncLocalStorage();
    return {
      call: plain(logger(to, { mixin: () => storage.getStore() })),
      around: (run) => storage.run(payload.CONTEXT, run),
    };
  },
};
