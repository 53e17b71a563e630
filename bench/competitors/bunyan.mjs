import bunyan from 'bunyan';
import * as payload from '../lib/payload.mjs';
import { flushAll, openSink } from '../lib/sink.mjs';

export function create(name, target) {
  const make = CASES[name];
  if (make === undefined) return undefined;
  const sinks = [openSink(target), openSink({ ...target, path: target.secondPath })];
  return { call: make(sinks), flush: () => flushAll(sinks) };
}

const logger = (sinks, options = {}) =>
  bunyan.createLogger({
    name: payload.LOGGER_NAME,
    streams: sinks.map((stream) => ({ stream })),
    ...options,
  });
const plain = (log) => (i) => log.info(payload.message(i));

const CASES = {
  disabled: ([first]) => {
    const log = logger([first]);
    return (i) => log.debug(payload.message(i));
  },
  json: ([first]) => plain(logger([first])),
  arguments: ([first]) => {
    const log = logger([first]);
    return (i) => log.info(payload.TEMPLATE, i, payload.person(i), i);
  },
  fields: ([first]) => {
    const log = logger([first]);
    return (i) => log.info(payload.fields(i), payload.message(i));
  },
  child: ([first]) =>
    plain(
      payload.DEEP_NAME.split('.').reduce(
        (log, part, depth) => log.child({ [`part${depth}`]: part }),
        logger([first]),
      ),
    ),
  error: ([first]) => {
    const log = logger([first]);
    return (i) => log.error(payload.error(i), payload.message(i));
  },
  handlers: (sinks) => plain(logger(sinks)),
};
