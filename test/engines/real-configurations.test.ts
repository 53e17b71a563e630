import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { type ActiveConfig, dictConfig } from '../../lib/config/apply/dict-configurator.js';
import { fileConfig } from '../../lib/config/apply/file-config.js';
import { registerComponent, registerExternal } from '../../lib/config/components/component-registry.js';
import { addLevelName } from '../../lib/core/levels.js';
import { getLogger, getManager } from '../../lib/core/loggers/manager.js';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { setLogRecordFactory } from '../../lib/core/records/record-factory.js';
import { setDjangoSettings } from '../../lib/handlers/mail/django-settings.js';
import { askPython, pythonMinor } from '../support/live-python.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { INI_CONFIGURATIONS } from './real-configurations/ini-configurations.js';
import { JOB_CONFIGURATIONS } from './real-configurations/job-configurations.js';
import { asConfig, placed, type RealConfiguration } from './real-configurations/real-configuration.js';
import { WEB_CONFIGURATIONS } from './real-configurations/web-configurations.js';
import { describeWithEngines, engineFile, missingEngines } from './support/engine.js';

const CASES: Readonly<Record<string, RealConfiguration>> = {
  ...INI_CONFIGURATIONS,
  ...WEB_CONFIGURATIONS,
  ...JOB_CONFIGURATIONS,
};
const LEVELS = [1, 10, 15, 20, 25, 30, 40, 50];

/** What both sides' records have of what no two processes share. */
const FIXED = {
  created: 1_795_255_200.125,
  msecs: 125,
  relativeCreated: 4500,
  process: 4242,
  thread: 1,
  pathname: '/srv/shop/orders.py',
  filename: 'orders.py',
  module: 'orders',
  funcName: 'pay',
  lineno: 77,
};

/** What a configuration made of the loggers, and what was written. */
interface Outcome {
  readonly refused?: string;
  readonly loggers?: unknown;
  readonly out?: string;
  readonly err?: string;
  readonly files?: Record<string, string>;
}

/** Runs each case in a process of its own, forked, since packages keep settings. */
const IN_PYTHON = `
import importlib, io, logging, logging.config, logging.handlers, os, types
reader, writer = os.pipe()
if os.fork() == 0:
    os.close(reader)
    try: result = run(case)
    except BaseException as e: result = {'refused': type(e).__name__ + ': ' + str(e)}
    with os.fdopen(writer, 'w') as pipe: pipe.write(json.dumps(result))
    os._exit(0)
os.close(writer)
with os.fdopen(reader) as pipe: text = pipe.read()
os.wait()
return text
`.trim();

const RUN = `
def run(case):
    try:
        if case.get('needs'): importlib.import_module(case['needs'])
    except ImportError as e: return {'absent': str(e)}
    shop = types.ModuleType('shop'); sys.modules['shop'] = shop
    exec(case.get('python', ''), shop.__dict__)
    for name, number in case.get('levels', {}).items(): logging.addLevelName(number, name)
    make = logging.getLogRecordFactory()
    def factory(*args, **kwargs):
        record = make(*args, **kwargs)
        record.__dict__.update(case['fixed'])
        return record
    logging.setLogRecordFactory(factory)
    for name in case.get('before', []): logging.getLogger(name)
    out, err = sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__ = io.StringIO(), io.StringIO()
    if isinstance(case['config'], str):
        logging.config.fileConfig(io.StringIO(case['config']), case.get('defaults'))
    else: logging.config.dictConfig(case['config'])
    if case.get('second'): logging.config.dictConfig(case['second'])
    handler = logging.getHandlerByName('queue') if hasattr(logging, 'getHandlerByName') else None
    if handler: handler.listener.start()
    loggers = []
    for name in case['loggers']:
        logger = logging.getLogger(name)
        handlers = [[h.name, h.level, len(h.filters), h.formatter is not None] for h in logger.handlers]
        loggers.append([name, logger.level, logger.getEffectiveLevel(), bool(logger.propagate), bool(logger.disabled), len(logger.filters), handlers])
        for level in case['sent']: logger.log(level, '%s at %d: %r', name, level, 'it', extra=case.get('extra'))
    if handler: handler.listener.stop()
    logging.shutdown()
    files = {name: open(os.path.join(case['folder'], name), encoding='utf-8').read() for name in sorted(os.listdir(case['folder']))}
    return {'loggers': loggers, 'out': out.getvalue(), 'err': err.getvalue(), 'files': files}
`.trim();

const folders = mkdtempSync(join(tmpdir(), 'real-configurations-'));

/** The case with a folder of its own, as Python is given it and as we take it. */
function ofSide(side: string, name: string): RealConfiguration & { readonly folder: string } {
  const one = CASES[name] as RealConfiguration;
  const folder = join(folders, `${side}-${Object.keys(CASES).indexOf(name)}`);
  mkdirSync(folder, { recursive: true });
  return {
    ...one,
    folder,
    config: placed(one.config, folder),
    ...(one.defaults && { defaults: placed(one.defaults, folder) }),
  };
}

function register({ shop = {} }: RealConfiguration): void {
  for (const kind of ['handler', 'formatter', 'filter'] as const) {
    for (const [name, type] of Object.entries(shop[kind] ?? {})) {
      registerComponent(kind, `shop.${name}`, type);
    }
  }
  for (const [name, value] of Object.entries(shop.external ?? {})) registerExternal(`shop.${name}`, value);
}

/** A logger as both sides describe it. */
function described(name: string): unknown {
  const logger = getLogger(name);
  const handlers = logger.handlers.map((handler) => [
    handler.name ?? null,
    handler.level,
    handler.filters.length,
    handler.formatter != null,
  ]);
  const { level, propagate, disabled, filters } = logger;
  return [name, level, logger.getEffectiveLevel(), propagate, disabled, filters.length, handlers];
}

/** Runs a case here. */
async function run(one: RealConfiguration & { readonly folder: string }): Promise<Outcome> {
  getManager();
  setDjangoSettings({ DEBUG: false, ADMINS: [] });
  register(one);
  for (const [name, number] of Object.entries(one.levels ?? {})) addLevelName(number, name);
  setLogRecordFactory((options: LogRecordOptions) => Object.assign(new LogRecord(options), FIXED));
  for (const name of one.before ?? []) getLogger(name);
  const written = { out: '', err: '' };
  const active: ActiveConfig[] = [];
  capture('stdout', (text) => (written.out += text));
  capture('stderr', (text) => (written.err += text));
  try {
    const { config, second } = one;
    if (typeof config === 'string') active.push(fileConfig(config, { defaults: one.defaults }));
    else active.push(dictConfig(asConfig(config)));
    if (second) active.push(dictConfig(asConfig(second)));
    const loggers = one.loggers.map((name) => {
      const state = described(name);
      const logger = getLogger(name);
      for (const level of LEVELS) {
        logger.log(level, '%s at %d: %r', name, level, 'it', { extra: one.extra ?? {} });
      }
      return state;
    });
    for (const each of active) await each.close();
    const files = readdirSync(one.folder).sort();
    // Uvicorn ends a colour by ending all styles, which looks the same.
    written.out = written.out.replaceAll('\x1b[39m', '\x1b[0m');
    return {
      loggers,
      ...written,
      files: Object.fromEntries(files.map((name) => [name, readFileSync(join(one.folder, name), 'utf8')])),
    };
  } catch (error) {
    return { refused: String(error) };
  } finally {
    Reflect.deleteProperty(process.stdout, 'write');
    Reflect.deleteProperty(process.stderr, 'write');
  }
}

function capture(stream: 'stdout' | 'stderr', write: (text: string) => void): void {
  const value = (text: string) => {
    write(String(text));
    return true;
  };
  Object.defineProperty(process[stream], 'write', { configurable: true, value });
}

function answersOfPython(): (Outcome & { readonly absent?: string })[] {
  if (missingEngines('python-loggers').length > 0) return [];
  const asked = Object.keys(CASES).map((name) => {
    const { shop: _, ...one } = ofSide('python', name);
    return { ...one, fixed: FIXED, sent: LEVELS };
  });
  const python = engineFile('python-loggers', 'bin', 'python3');
  const answers = askPython(`${RUN}\n${IN_PYTHON}`, asked, python) as { text: string }[];
  return answers.map(({ text }) => JSON.parse(text) as Outcome);
}

beforeEach(resetLoggingAsPython);
afterAll(() => {
  resetLoggingAsPython();
  setDjangoSettings({});
  rmSync(folders, { recursive: true, force: true });
});

describeWithEngines(
  ['python-loggers'],
  'a configuration of a real kind does here what it does in Python',
  () => {
    const answers = answersOfPython();

    Object.entries(CASES).forEach(([name, one], index) => {
      const absent =
        answers[index]?.absent ??
        (one.since && pythonMinor < one.since ? `needs Python 3.${one.since}` : undefined);
      if (absent !== undefined) console.warn(`not compared with Python: ${name}: ${absent}`);

      (absent === undefined ? it : it.skip)(name, async () => {
        const expected = answers[index];
        const given = await run(ofSide('here', name));
        if (expected?.refused !== undefined || given.refused !== undefined) {
          expect([typeof given.refused, given.refused]).toEqual([
            typeof expected?.refused,
            expect.anything(),
          ]);
          return;
        }
        expect(given).toEqual(expected);
        expect(`${given.out}${given.err}${Object.values(given.files ?? {}).join('')}`).not.toBe('');
      });
    });
  },
);
