import { dictConfig, getLogger, runInContext } from '/tmp/bl/pkgB/dist/esm/core/index.js';
import * as payload from '../lib/payload.mjs';
import { BATCH_BYTES } from '../lib/sink.mjs';

const TEXT = '%(asctime)s %(levelname)s %(name)s: %(message)s';
const CALLER = '%(asctime)s %(levelname)s %(filename)s:%(lineno)d: %(message)s';

/** As a user would have it: one dictConfig object, named loggers. */
export function create(name, target) {
  const { call, filters, formatters, context } = CASES[name] ?? {};
  if (call === undefined) return undefined;
  const file = {
    class: 'logging.FileHandler',
    filename: target.path,
    level: 'INFO',
    ...(target.isBatched ? { bufferSize: BATCH_BYTES } : {}),
    // The error case is about writing errors, not about writing them at once.
    ...(target.isBatched ? { flushLevel: 'CRITICAL' } : {}),
    ...(filters ? { filters } : {}),
  };
  const chosen = formatters ?? ['json'];
  const handlers = { first: { ...file, formatter: chosen[0] } };
  if (chosen[1]) handlers.second = { ...file, filename: target.secondPath, formatter: chosen[1] };
  dictConfig({
    version: 1,
    formatters: { text: { format: TEXT }, caller: { format: CALLER }, json: { '()': 'JsonFormatter' } },
    filters: { shop: { name: 'shop' } },
    handlers,
    root: { level: 'INFO', handlers: Object.keys(handlers) },
  });
  const logger = getLogger(name === 'child' ? payload.DEEP_NAME : payload.LOGGER_NAME);
  const flush = () => {
    for (const handler of getLogger().handlers) handler.flush();
  };
  const made = { call: call(logger), flush };
  return context ? { ...made, around: (run) => runInContext(payload.CONTEXT, run) } : made;
}

const plain = (logger) => (i) => logger.info(payload.message(i));

const CASES = {
  disabled: { call: (logger) => (i) => logger.debug(payload.message(i)) },
  text: { call: plain, formatters: ['text'] },
  json: { call: plain },
  arguments: { call: (logger) => (i) => logger.info(payload.TEMPLATE, i, payload.person(i), i) },
  fields: { call: (logger) => (i) => logger.info(payload.message(i), { extra: payload.fields(i) }) },
  child: { call: plain },
  error: { call: (logger) => (i) => logger.error(payload.message(i), payload.error(i)) },
  handlers: { call: plain, formatters: ['text', 'json'] },
  filter: { call: plain, filters: ['shop'] },
  context: { call: plain, context: true },
  caller: { call: plain, formatters: ['caller'] },
};
