import process from 'node:process';
import { ConsoleLogger } from '@nestjs/common';
import * as payload from '../lib/payload.mjs';
import { openSink } from '../lib/sink.mjs';

/** Nest's own logger writes to the standard streams; here these lead to the file. */
export function create(name, target) {
  const make = CASES[name];
  if (make === undefined) return undefined;
  const sink = openSink(target);
  const write = (text) => {
    sink.write(text);
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
  return { call: make(), flush: sink.flush };
}

const logger = (options = {}) =>
  new ConsoleLogger(payload.LOGGER_NAME, {
    json: true,
    colors: false,
    logLevels: ['log', 'error'],
    ...options,
  });

const CASES = {
  disabled: () => {
    const log = logger();
    return (i) => log.debug(payload.message(i));
  },
  text: () => {
    const log = logger({ json: false });
    return (i) => log.log(payload.message(i));
  },
  json: () => {
    const log = logger();
    return (i) => log.log(payload.message(i));
  },
  // It does not interpolate: the caller does.
  arguments: () => {
    const log = logger();
    return (i) => log.log(`order ${i} paid by ${payload.person(i)} in ${i} ms`);
  },
  fields: () => {
    const log = logger();
    return (i) => log.log({ message: payload.message(i), ...payload.fields(i) });
  },
  error: () => {
    const log = logger();
    return (i) => log.error(payload.message(i), payload.error(i).stack);
  },
};
