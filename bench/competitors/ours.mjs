import { dictConfig, getLogger, LoggerAdapter, runInContext } from 'nestjs-logging/core';
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
    formatters: {
      text: { format: TEXT },
      caller: { format: CALLER },
      json: { '()': 'JsonFormatter' },
      paths: { '()': 'JsonFormatter', redact: payload.SECRET_PATHS },
    },
    filters: { shop: { name: 'shop' }, secrets: { class: 'RedactionFilter' } },
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
const secrets = (logger) => (i) => logger.info(payload.message(i), { extra: payload.secretFields(i) });

/** Twenty loggers, each called at a place of its own. */
function manyCallSites() {
  const calls = payload.callSites((name) => getLogger(name));
  return (i) => calls[i % calls.length](i);
}

const CASES = {
  disabled: { call: (logger) => (i) => logger.debug(payload.message(i)) },
  disabledMany: {
    call: () => {
      const loggers = payload.manyLoggers((name) => getLogger(name));
      return (i) => loggers[i & 15].debug(payload.message(i));
    },
  },
  text: { call: plain, formatters: ['text'] },
  json: { call: plain },
  arguments: { call: (logger) => (i) => logger.info(payload.TEMPLATE, i, payload.person(i), i) },
  fields: { call: (logger) => (i) => logger.info(payload.message(i), { extra: payload.fields(i) }) },
  child: { call: plain },
  error: { call: (logger) => (i) => logger.error(payload.message(i), payload.error(i)) },
  unique: { call: (logger) => (i) => logger.info(payload.uniqueMessage(i)) },
  many: { call: manyCallSites },
  number: { call: (logger) => (i) => logger.info('%.2f of %d (%s)', i * 1.25, i, payload.person(i)) },
  repr: { call: (logger) => (i) => logger.info('got %r', { id: i, user: payload.person(i) }) },
  newFields: { call: (logger) => (i) => logger.info(payload.message(i), { extra: payload.newFields(i) }) },
  bound: { call: (logger) => plain(new LoggerAdapter(logger, payload.BOUND)) },
  boundOwn: {
    call: (logger) => {
      const adapter = new LoggerAdapter(logger, payload.BOUND);
      return (i) => adapter.info(payload.message(i), { extra: { orderId: i, amount: 12.5 } });
    },
  },
  nested: { call: (logger) => (i) => logger.info(payload.message(i), { extra: payload.nestedFields(i) }) },
  long: { call: (logger) => (i) => logger.info(payload.longMessage(i)) },
  unicode: { call: (logger) => (i) => logger.info(payload.unicodeMessage(i)) },
  control: { call: (logger) => (i) => logger.info(payload.controlMessage(i)) },
  errors: { call: (logger) => (i) => logger.error(payload.message(i), payload.deepError(i)) },
  redactPaths: { call: secrets, formatters: ['paths'] },
  redactScan: { call: secrets, filters: ['secrets'] },
  redactPlain: {
    call: (logger) => (i) => logger.info(payload.message(i), { extra: payload.fields(i) }),
    filters: ['secrets'],
  },
  first: { call: plain },
  handlers: { call: plain, formatters: ['text', 'json'] },
  filter: { call: plain, filters: ['shop'] },
  context: { call: plain, context: true },
  caller: { call: plain, formatters: ['caller'] },
};
