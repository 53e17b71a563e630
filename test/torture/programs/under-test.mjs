import { appendFileSync, writeSync } from 'node:fs';
import { lineOf } from '../support/lines.mjs';

/** The library, as the run chose it: `core`, and beside it the file with all handlers. */
const core = process.env.TORTURE_CORE;
export const logging = {
  ...(await import(core)),
  ...(await import(core.replace(/core(?=\.\w+$)/, 'handlers'))),
};

/** What the scenario wants. */
export const config = JSON.parse(process.argv[2]);

/** Writes to the ledger; see Ledger for the kinds. Out before this returns. */
export function note(kind, text = '') {
  const bytes = Buffer.from(`${kind}${text}\n`);
  for (let sent = 0; sent < bytes.length; ) sent += writeSync(3, bytes, sent);
}

/** A handler as users write them: it collects, and knows nothing of how processes end. */
class OwnCollector extends logging.BufferingHandler {
  #filename;
  #written = 0;

  constructor({ filename, ...options }) {
    super(options);
    this.#filename = filename;
  }

  get stats() {
    return { delivered: this.#written, queued: this.buffer.length };
  }

  flush() {
    const texts = this.buffer.splice(0).map((record) => `${this.format(record)}\n`);
    if (texts.length > 0) appendFileSync(this.#filename, texts.join(''));
    this.#written += texts.length;
  }
}

/** Makes a handler from a class name and options; `inner` are handlers in its option `handlers`. */
export function makeHandler({ class: name, options = {}, inner, target }) {
  const handlers = inner?.map(makeHandler);
  const Type = name === 'OwnCollector' ? OwnCollector : logging[name];
  return new Type({
    ...options,
    ...(handlers === undefined ? {} : { handlers }),
    ...(target === undefined ? {} : { target: makeHandler(target) }),
  });
}

/** The handler that has the last word on what is written: a queue has delivered what its listener took. */
export function lastOf(handler) {
  const next = handler.listener?.handlers?.[0] ?? handler.target;
  return next ? lastOf(next) : handler;
}

/** A logger of its own with this one handler. */
export function loggerOf(handler, name = 'torture') {
  const logger = logging.getLogger(name);
  logger.setLevel('DEBUG');
  logger.propagate = false;
  logger.addHandler(handler);
  return logger;
}

/**
 * Issues records: notes each before the log call, and afterwards what is promised by then.
 *
 * @param {(number: number) => number} promised So many, from the first on, once record `number` was logged.
 */
export function issuer(logger, promised, { writer = config.writer, log = (text) => logger.info(text) } = {}) {
  let known = 0;
  let number = 0;
  return {
    get next() {
      return number;
    },
    issue() {
      const mine = number++;
      note('i', mine);
      try {
        log(lineOf(writer, mine));
      } catch (error) {
        note('x', String(error?.stack ?? error).replaceAll('\n', ' | '));
      }
      this.settle();
      return mine;
    },
    /** Notes what is promised by now. */
    settle() {
      const now = promised(number - 1);
      if (now === known) return;
      known = now;
      note('p', now);
    },
  };
}

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Notes the memory in use every so often. */
export function watchMemory(everyMs) {
  note('m', process.memoryUsage.rss());
  setInterval(() => note('m', process.memoryUsage.rss()), everyMs).unref();
}

process.on('uncaughtExceptionMonitor', (error) => {
  if (error?.message !== 'the scenario ends like this')
    note('u', String(error?.stack ?? error).replaceAll('\n', ' | '));
});

/** The ways a process ends. */
export const endings = {
  return: () => {},
  exit: () => process.exit(0),
  throw: () => {
    throw new Error('the scenario ends like this');
  },
  reject: () => {
    void Promise.reject(new Error('the scenario ends like this'));
  },
  sigterm: () => signal('SIGTERM'),
  sigint: () => signal('SIGINT'),
  sighup: () => signal('SIGHUP'),
  sigquit: () => signal('SIGQUIT'),
  sigusr2: () => signal('SIGUSR2'),
  sigkill: () => process.kill(process.pid, 'SIGKILL'),
  abort: () => process.abort(),
};

function signal(name) {
  // The process is not at its end by itself when the signal comes.
  setTimeout(() => {}, 30_000);
  process.kill(process.pid, name);
}
