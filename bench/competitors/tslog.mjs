import { Logger } from 'tslog';
import * as payload from '../lib/payload.mjs';
import { openSink } from '../lib/sink.mjs';

export function create(name, target) {
  const make = CASES[name];
  if (make === undefined) return undefined;
  const sink = openSink(target);
  return { call: make((options) => logger(sink, options)), flush: sink.flush };
}

/** Nothing on its own console: one transport that writes JSON; no caller unless it is asked for. */
function logger(sink, options = {}) {
  const stack = { capture: 'off', ...options.stack };
  const log = new Logger({ type: 'hidden', name: payload.LOGGER_NAME, minLevel: 3, ...options, stack });
  log.attachTransport((record) => sink.write(`${JSON.stringify(record)}\n`));
  return log;
}

const plain = (log) => (i) => log.info(payload.message(i));

const CASES = {
  disabled: (open) => {
    const log = open();
    return (i) => log.debug(payload.message(i));
  },
  json: (open) => plain(open()),
  arguments: (open) => {
    const log = open();
    return (i) => log.info(payload.TEMPLATE, i, payload.person(i), i);
  },
  fields: (open) => {
    const log = open();
    return (i) => log.info(payload.message(i), payload.fields(i));
  },
  child: (open) =>
    plain(payload.DEEP_NAME.split('.').reduce((log, part) => log.getSubLogger({ name: part }), open())),
  caller: (open) => plain(open({ stack: { capture: 'full' } })),
  error: (open) => {
    const log = open();
    return (i) => log.error(payload.message(i), payload.error(i));
  },
};
