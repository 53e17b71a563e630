import { AsyncLocalStorage } from 'node:async_hooks';
import {
  configureSync,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  withContext,
} from '@logtape/logtape';
import * as payload from '../lib/payload.mjs';
import { flushAll, openSink } from '../lib/sink.mjs';

export function create(name, target) {
  const { call, formats = [getJsonLinesFormatter()], filters = {}, context } = CASES[name] ?? {};
  if (call === undefined) return undefined;
  const outputs = [openSink(target), openSink({ ...target, path: target.secondPath })];
  const sinks = Object.fromEntries(
    formats.map((format, at) => [`sink${at}`, (record) => outputs[at].write(format(record))]),
  );
  configureSync({
    sinks,
    filters,
    loggers: [
      { category: ['logtape', 'meta'], sinks: [], lowestLevel: 'error' },
      { category: 'shop', lowestLevel: 'info', sinks: Object.keys(sinks), filters: Object.keys(filters) },
    ],
    contextLocalStorage: context ? new AsyncLocalStorage() : undefined,
  });
  const logger = getLogger((name === 'child' ? payload.DEEP_NAME : payload.LOGGER_NAME).split('.'));
  const made = { call: call(logger), flush: () => flushAll(outputs) };
  return context ? { ...made, around: (run) => withContext(payload.CONTEXT, run) } : made;
}

const plain = (logger) => (i) => logger.info(payload.message(i));
const text = getTextFormatter();

const CASES = {
  disabled: { call: (logger) => (i) => logger.debug(payload.message(i)) },
  text: { call: plain, formats: [text] },
  json: { call: plain },
  arguments: {
    call: (logger) => (i) =>
      logger.info('order {id} paid by {user} in {ms} ms', { id: i, user: payload.person(i), ms: i }),
  },
  fields: { call: (logger) => (i) => logger.info(payload.message(i), payload.fields(i)) },
  child: { call: plain },
  error: { call: (logger) => (i) => logger.error(payload.message(i), { error: payload.error(i) }) },
  handlers: { call: plain, formats: [text, getJsonLinesFormatter()] },
  filter: { call: plain, filters: { shop: (record) => record.category[0] === 'shop' } },
  context: { call: plain, context: true },
};
