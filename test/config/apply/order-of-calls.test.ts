import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { dictConfig, Handler, Logger, setLoggerClass } from '../../../lib/core.js';
import { hasPython } from '../../support/live-python.js';
import { resetLoggingAsPython } from '../../support/reset-logging.js';

const itWithPython = hasPython ? it : it.skip;
beforeEach(resetLoggingAsPython);
afterEach(resetLoggingAsPython);

const PYTHON = `
import json, logging, logging.config
calls = []
def noting(base, names):
    def method(name):
        def call(self, *args):
            calls.append("%s.%s" % (base.__name__, name))
            return getattr(base, name)(self, *args)
        return call
    return type("Own", (base,), {name: method(name) for name in names})
class Null(logging.Handler):
    def emit(self, record): pass
Null.__name__ = "Handler"
Own = noting(Null, ["setFormatter", "setLevel", "addFilter"])
logging.setLoggerClass(noting(logging.Logger, ["setLevel", "addHandler", "removeHandler", "addFilter"]))
logger = logging.getLogger("shop")
calls.clear()
for _ in range(2):
    logging.config.dictConfig({
      "version": 1,
      "formatters": {"line": {"format": "%(message)s"}},
      "filters": {"shop": {"name": "shop"}},
      "handlers": {"own": {"()": Own, "level": "INFO", "formatter": "line", "filters": ["shop"]}},
      "loggers": {"shop": {"level": "DEBUG", "handlers": ["own"], "filters": ["shop"]}},
    })
print(json.dumps(calls))
`;

itWithPython('dictConfig calls overridden methods of handlers and loggers in the order of CPython', () => {
  const calls: string[] = [];
  class Own extends Handler {
    override emit(): void {}
  }
  class OwnLogger extends Logger {}
  const note = (type: { prototype: object }, label: string, names: readonly string[]) => {
    for (const name of names) {
      const usual = Reflect.get(type.prototype, name) as (...args: unknown[]) => unknown;
      Object.assign(type.prototype, {
        [name](...args: unknown[]) {
          calls.push(`${label}.${name}`);
          return usual.apply(this, args);
        },
      });
    }
  };
  note(Own, 'Handler', ['setFormatter', 'setLevel', 'addFilter']);
  note(OwnLogger, 'Logger', ['setLevel', 'addHandler', 'removeHandler', 'addFilter']);
  setLoggerClass(OwnLogger);
  for (let times = 0; times < 2; times += 1) {
    dictConfig({
      version: 1,
      formatters: { line: { format: '%(message)s' } },
      filters: { shop: { name: 'shop' } },
      handlers: { own: { '()': Own, level: 'INFO', formatter: 'line', filters: ['shop'] } },
      loggers: { shop: { level: 'DEBUG', handlers: ['own'], filters: ['shop'] } },
    });
  }
  const { stdout } = spawnSync('python3', ['-c', PYTHON], { encoding: 'utf8' });
  expect(calls).toEqual(JSON.parse(stdout));
});
