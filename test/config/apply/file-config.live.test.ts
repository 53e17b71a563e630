import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fileConfig } from '../../../lib/config/apply/file-config.js';
import { LoggingConfigError } from '../../../lib/config/plan/config-plan.js';
import { getLogger, getManager } from '../../../lib/core/loggers/manager.js';
import { askPython, hasPython } from '../../support/live-python.js';
import { resetLogging } from '../../support/reset-logging.js';

const live = hasPython ? describe : describe.skip;
beforeEach(resetLogging);
afterAll(resetLogging);

/** Files applied one after the other, and loggers that exist before the first. */
interface Case {
  readonly before?: readonly string[];
  readonly files: readonly string[];
  readonly defaults?: Readonly<Record<string, string>>;
  readonly disables?: boolean;
  readonly loggers: readonly string[];
}

const screen = (options = 'class=StreamHandler\nargs=(sys.stdout,)') => `[handlers]
keys=screen

[handler_screen]
${options}
`;
const line = `[formatters]
keys=line

[formatter_line]
format=%(levelname)s > %(name)s > %(message)s
datefmt=
`;
const rootOnly = `[loggers]
keys=root

[logger_root]
level=WARNING
handlers=screen
`;
const two = (options: string) => `[loggers]
keys=root, shop

[logger_root]
level=WARNING
handlers=

[logger_shop]
level=DEBUG
qualname=shop.orders
handlers=screen
${options}
`;

const CASES: Record<string, Case> = {
  'the root alone': {
    files: [rootOnly + screen('class=StreamHandler\nargs=(sys.stdout,)\nformatter=line') + line],
    loggers: ['', 'shop'],
  },
  'a logger under its qualname': {
    files: [two('propagate=1') + screen() + line],
    loggers: ['', 'shop', 'shop.orders', 'shop.orders.x'],
  },
  'a logger that does not propagate': {
    files: [two('propagate=0') + screen() + line],
    loggers: ['shop.orders'],
  },
  'a full class name': {
    files: [rootOnly + screen('class=logging.StreamHandler\nargs=(sys.stdout,)\nlevel=ERROR') + line],
    loggers: [''],
  },
  'arguments by name': {
    files: [rootOnly + screen("class=StreamHandler\nkwargs={'stream': sys.stdout,}") + line],
    loggers: [''],
  },
  'no formatters': { files: [`${rootOnly + screen()}\n[formatters]\nkeys=\n`], loggers: [''] },
  'an unknown stream': {
    files: [rootOnly + screen('class=StreamHandler\nargs=(sys.stdbout,)') + line],
    loggers: [],
  },
  'an unknown formatter': {
    files: [rootOnly + screen('class=StreamHandler\nargs=(sys.stdout,)\nformatter=none') + line],
    loggers: [],
  },
  'an unknown handler': { files: [rootOnly.replace('screen', 'other') + screen() + line], loggers: [] },
  'an unknown level': { files: [rootOnly.replace('WARNING', 'loud') + screen() + line], loggers: [] },
  'an unknown class': { files: [rootOnly + screen('class=NoHandler') + line], loggers: [] },
  'no section of a logger': {
    files: [rootOnly.replace('keys=root', 'keys=root,a') + screen() + line],
    loggers: [],
  },
  'no root': {
    files: [`[loggers]\nkeys=a\n[logger_a]\nqualname=a\nhandlers=\n${screen()}${line}`],
    loggers: [],
  },
  'no qualname': { files: [two('').replace('qualname', 'name') + screen() + line], loggers: [] },
  'nothing at all': { files: ['\n'], loggers: [] },
  'no INI format': { files: ['version: 1\n- x\n'], loggers: [] },
  'loggers that exist already': {
    before: ['shop', 'shop.orders', 'shop.orders.x', 'other'],
    files: [two('') + screen() + line],
    loggers: ['shop', 'shop.orders', 'shop.orders.x', 'other'],
  },
  'loggers that exist already and stay': {
    before: ['shop', 'other'],
    files: [two('') + screen() + line],
    disables: false,
    loggers: ['shop', 'other'],
  },
  'one file after another': {
    files: [two('propagate=0') + screen() + line, rootOnly + screen() + line],
    loggers: ['', 'shop.orders'],
  },
  'values that refer to others': {
    files: [
      `[DEFAULT]\nwhere=sys.stdout\n${rootOnly.replace('level=WARNING', 'level=%(lowest)s')}${screen('class=StreamHandler\nargs=(%(where)s,)\nformatter=line')}${line}`,
    ],
    defaults: { LOWEST: 'ERROR' },
    loggers: [''],
  },
  'a format of another style': {
    files: [
      `${rootOnly + screen('class=StreamHandler\nargs=(sys.stdout,)\nformatter=line')}[formatters]\nkeys=line\n[formatter_line]\nformat={levelname}|{message}\nstyle={\n`,
    ],
    loggers: [''],
  },
  'keys that nobody reads, comments and long values': {
    files: [
      `# by hand\n${rootOnly}channel=x\n${screen('class=StreamHandler\nargs=(\n  sys.stdout,\n  )\nformatter=line\nfilename=x')}[formatters]\nkeys=line\n[formatter_line]\nformat=%(levelname)s\n\t# a comment\n  %(message)s\n`,
    ],
    loggers: [''],
  },
};

const IN_PYTHON = `
import io, logging, logging.config
root = logging.getLogger()
for h in root.handlers[:]: root.removeHandler(h)
root.setLevel(logging.WARNING); root.manager.loggerDict.clear()
for name in case.get('before', []): logging.getLogger(name)
stdout, sys.stdout = sys.stdout, io.StringIO()
try:
    for text in case['files']:
        logging.config.fileConfig(io.StringIO(text), case.get('defaults'), case.get('disables', True))
    for name in case['loggers']:
        for level in ('debug', 'info', 'warning', 'error', 'critical'):
            if logging.getLogger(name).hasHandlers(): getattr(logging.getLogger(name), level)('%s of %s', level, name)
    state = [[n, logging.getLogger(n).getEffectiveLevel(), bool(logging.getLogger(n).propagate), bool(logging.getLogger(n).disabled), len(logging.getLogger(n).handlers)] for n in case['loggers']]
    return json.dumps([state, sys.stdout.getvalue()])
except Exception as e:
    return 'refused'
finally:
    sys.stdout = stdout
`.trim();

/** The same here. */
function run({ before = [], files, defaults, disables, loggers }: Case): unknown {
  getManager();
  for (const name of before) getLogger(name);
  const chunks: string[] = [];
  Object.defineProperty(process.stdout, 'write', {
    configurable: true,
    value: (text: string) => chunks.push(text) > 0,
  });
  try {
    for (const text of files) fileConfig(text, { defaults, disableExistingLoggers: disables });
    for (const name of loggers) {
      const logger = getLogger(name);
      for (const level of ['debug', 'info', 'warning', 'error', 'critical'] as const) {
        if (logger.hasHandlers()) logger[level]('%s of %s', level, name);
      }
    }
    const state = loggers.map((name) => {
      const logger = getLogger(name);
      return [name, logger.getEffectiveLevel(), logger.propagate, logger.disabled, logger.handlers.length];
    });
    return [state, chunks.join('')];
  } catch (error) {
    if (error instanceof LoggingConfigError) return 'refused';
    throw error;
  } finally {
    Reflect.deleteProperty(process.stdout, 'write');
  }
}

live("fileConfig does what Python's does with", () => {
  const answers = hasPython ? (askPython(IN_PYTHON, Object.values(CASES)) as { text: string }[]) : [];

  it.each(Object.keys(CASES).map((name, index) => [name, index] as const))('%s', (name, index) => {
    const one = CASES[name] as Case;
    const text = answers[index]?.text as string;
    const expected = text === 'refused' ? text : (JSON.parse(text) as unknown);
    const given = JSON.parse(JSON.stringify(run(one))) as unknown;

    expect(given).toEqual(expected);
  });
});
