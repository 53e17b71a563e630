import { AsyncLocalStorage } from 'node:async_hooks';
import * as payload from '../lib/payload.mjs';
import { flushAll, openSink } from '../lib/sink.mjs';

/**
 * The least work that can produce the line: one concatenation, no logger, no levels, no tree, nothing configurable.
 * Nobody would write this; it is the ground under every number.
 */
export function create(name, target) {
  const make = LINES[name];
  if (make === undefined) return undefined;
  const sink = openSink(target);
  const second = openSink({ ...target, path: target.secondPath });
  return {
    call: make(sink, second),
    flush: () => flushAll([sink, second]),
    around: (run) => storage.run(payload.CONTEXT, run),
  };
}

const storage = new AsyncLocalStorage();

const LINES = {
  disabled: () => {
    const limit = { level: 30 };
    let count = 0;
    return (i) => {
      if (limit.level <= 20) count += i;
      return count;
    };
  },
  text: (sink) => (i) => sink.write(text(i)),
  json: (sink) => (i) => sink.write(json(payload.message(i))),
  arguments: (sink) => (i) => sink.write(json(`order ${i} paid by ${payload.person(i)} in ${i} ms`)),
  fields: (sink) => (i) => {
    const f = payload.fields(i);
    sink.write(
      `${head()}${payload.message(i)}","orderId":${f.orderId},"user":"${f.user}","amount":${f.amount},"currency":"${f.currency}","isPaid":${f.isPaid}}\n`,
    );
  },
  unique: (sink) => (i) => sink.write(json(payload.uniqueMessage(i))),
  first: (sink) => (i) => sink.write(json(payload.message(i))),
  long: (sink) => (i) => sink.write(json(payload.longMessage(i))),
  bound: (sink) => {
    const bound = JSON.stringify(payload.BOUND).slice(1);
    return (i) => sink.write(`${head()}${payload.message(i)}",${bound}\n`);
  },
  child: (sink) => (i) => sink.write(json(payload.message(i))),
  error: (sink) => (i) => {
    const error = payload.error(i);
    sink.write(
      `${head()}${payload.message(i)}","exception":${JSON.stringify(`${error.stack}\ncaused by ${error.cause.stack}`)}}\n`,
    );
  },
  handlers: (sink, second) => (i) => {
    sink.write(text(i));
    second.write(json(payload.message(i)));
  },
  filter: (sink) => (i) => {
    if (payload.message(i).length > 5) sink.write(json(payload.message(i)));
  },
  context: (sink) => (i) => {
    const context = storage.getStore();
    sink.write(
      `${head()}${payload.message(i)}","request_id":"${context.request_id}","user_id":${context.user_id}}\n`,
    );
  },
};

/** `JSON.stringify` is not needed where one knows what is written; a message may hold anything, so look at it. */
const UNSAFE = /["\\\0-\x1f]/;
const json = (message) =>
  `${head()}${UNSAFE.test(message) ? JSON.stringify(message).slice(1, -1) : message}"}\n`;
const text = (i) => `${clock()} INFO ${payload.LOGGER_NAME}: ${payload.message(i)}\n`;
const head = () => `{"timestamp":"${clock()}","level":"INFO","logger":"shop.orders","message":"`;

let second = 0;
let prefix = '';
/** ISO 8601, written anew once a second. */
function clock() {
  const now = Date.now();
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    prefix = new Date(current * 1000).toISOString().slice(0, 20);
  }
  const rest = now - current * 1000;
  return prefix + (rest < 10 ? '00' : rest < 100 ? '0' : '') + rest;
}
