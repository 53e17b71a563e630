import log4js from 'log4js';
import * as payload from '../lib/payload.mjs';
import { flushAll, openSink } from '../lib/sink.mjs';

const TEXT = { type: 'pattern', pattern: '%d %p %c: %m' };
const CALLER = { type: 'pattern', pattern: '%d %p %f{1}:%l: %m' };
const JSON_LINE = { type: 'json' };

export function create(name, target) {
  const { call, layouts = [JSON_LINE], options } = CASES[name] ?? {};
  if (call === undefined) return undefined;
  log4js.addLayout(
    'json',
    () => (event) =>
      JSON.stringify({
        timestamp: event.startTime,
        level: event.level.levelStr,
        logger: event.categoryName,
        message:
          event.data.length > 1 && typeof event.data[1] === 'object' ? event.data[0] : formatted(event.data),
        ...(event.data.length > 1 && typeof event.data[1] === 'object' && !(event.data[1] instanceof Error)
          ? event.data[1]
          : {}),
        ...(event.data[1] instanceof Error
          ? { exception: `${event.data[1].stack}\ncaused by ${event.data[1].cause.stack}` }
          : {}),
      }),
  );
  const sinks = [openSink(target), openSink({ ...target, path: target.secondPath })];
  const appenders = Object.fromEntries(
    layouts.map((layout, at) => [`sink${at}`, { type: appenderTo(sinks[at]), layout }]),
  );
  log4js.configure({
    appenders,
    categories: { default: { appenders: Object.keys(appenders), level: 'info', ...options } },
    disableClustering: true,
  });
  const logger = log4js.getLogger(name === 'child' ? payload.DEEP_NAME : payload.LOGGER_NAME);
  return { call: call(logger), flush: () => flushAll(sinks) };
}

function appenderTo(sink) {
  return {
    configure: (config, layouts) => {
      const layout = layouts.layout(config.layout.type, config.layout);
      return (event) => sink.write(`${layout(event, config.timezoneOffset)}\n`);
    },
  };
}

const formatted = ([template, ...values]) => template.replace(/%[ds]/g, () => String(values.shift()));
const plain = (logger) => (i) => logger.info(payload.message(i));

const CASES = {
  disabled: { call: (logger) => (i) => logger.debug(payload.message(i)) },
  text: { call: plain, layouts: [TEXT] },
  json: { call: plain },
  arguments: { call: (logger) => (i) => logger.info(payload.TEMPLATE, i, payload.person(i), i) },
  fields: { call: (logger) => (i) => logger.info(payload.message(i), payload.fields(i)) },
  child: { call: plain },
  error: { call: (logger) => (i) => logger.error(payload.message(i), payload.error(i)) },
  handlers: { call: plain, layouts: [TEXT, JSON_LINE] },
  caller: { call: plain, layouts: [CALLER], options: { enableCallStack: true } },
};
