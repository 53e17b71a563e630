import { AsyncLocalStorage } from 'node:async_hooks';
import { Writable } from 'node:stream';
import winston from 'winston';
import * as payload from '../lib/payload.mjs';
import { flushAll, openSink } from '../lib/sink.mjs';

const { combine, errors, json, printf, splat, timestamp } = winston.format;

const text = () =>
  combine(
    timestamp(),
    printf((info) => `${info.timestamp} ${info.level} ${payload.LOGGER_NAME}: ${info.message}`),
  );

export function create(name, target) {
  const make = CASES[name];
  if (make === undefined) return undefined;
  const sinks = [openSink(target), openSink({ ...target, path: target.secondPath })];
  const transports = sinks.map((sink) => new winston.transports.Stream({ stream: writable(sink) }));
  const made = make(transports);
  const flush = () => flushAll(sinks);
  return typeof made === 'function' ? { call: made, flush } : { ...made, flush };
}

function writable(sink) {
  return new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      sink.write(chunk);
      done();
    },
  });
}

const logger = (transports, format = combine(timestamp(), json()), options = {}) =>
  winston.createLogger({ level: 'info', format, transports, ...options });
const plain = (log) => (i) => log.info(payload.message(i));

const CASES = {
  disabled: ([first]) => {
    const log = logger([first]);
    return (i) => log.debug(payload.message(i));
  },
  text: ([first]) => plain(logger([first], text())),
  json: ([first]) => plain(logger([first])),
  arguments: ([first]) => {
    const log = logger([first], combine(splat(), timestamp(), json()));
    return (i) => log.info(payload.TEMPLATE, i, payload.person(i), i);
  },
  fields: ([first]) => {
    const log = logger([first]);
    return (i) => log.info(payload.message(i), payload.fields(i));
  },
  child: ([first]) =>
    plain(
      payload.DEEP_NAME.split('.').reduce(
        (log, part, depth) => log.child({ [`part${depth}`]: part }),
        logger([first]),
      ),
    ),
  error: ([first]) => {
    const log = logger([first], combine(errors({ stack: true, cause: true }), timestamp(), json()));
    return (i) => log.error(payload.message(i), payload.error(i));
  },
  handlers: ([first, second]) => {
    first.format = text();
    second.format = combine(timestamp(), json());
    return plain(winston.createLogger({ level: 'info', transports: [first, second] }));
  },
  filter: ([first]) => {
    const onlyShop = winston.format((info) => (info.message.length > 5 ? info : false));
    return plain(logger([first], combine(onlyShop(), timestamp(), json())));
  },
  context: ([first]) => {
    const storage = new AsyncLocalStorage();
    const addContext = winston.format((info) => Object.assign(info, storage.getStore()));
    return {
      call: plain(logger([first], combine(addContext(), timestamp(), json()))),
      around: (run) => storage.run(payload.CONTEXT, run),
    };
  },
};
