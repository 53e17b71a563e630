import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  AirflowFormatter,
  CeleryFormatter,
  CeleryTaskFormatter,
  ColorlogFormatter,
  DjangoServerFormatter,
  Formatter,
  type LogRecord,
  makeLogRecord,
  PythonJsonFormatter,
  UvicornAccessFormatter,
  UvicornFormatter,
} from '../../lib/core.js';
import { AdminEmailHandler, setDjangoSettings } from '../../lib/handlers.js';
import { describeWithEngines, engineFile } from './support/engine.js';
import { StructlogFormatter } from './support/structlog-formatter.js';

/** How many records each formatter is given. */
const RECORDS = Number(process.env.LIVE_RUNS ?? 150);
const SEED = Number(process.env.LIVE_SEED ?? 20_240_229);

interface GivenRecord {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly extra: Readonly<Record<string, unknown>>;
}

interface Comparison {
  /** What Python's side is: the path of a class, or a name that `python-originals.py` knows. */
  readonly formatter: string;
  /** The options of the class there. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The same here. */
  readonly ours: (record: LogRecord) => unknown;
  readonly records: fc.Arbitrary<GivenRecord>;
}

const LEVELS = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50, TRACE: 5, AUDIT: 25 } as const;
const levelname = fc.constantFrom(...(Object.keys(LEVELS) as (keyof typeof LEVELS)[]));
const word = fc.oneof(
  fc.stringMatching(/^[ -~]{0,12}$/),
  fc.constantFrom('é', '日本', '😀', "it's", 'say "hi"', 'a/b', '100%', '\\', 'tab\tx'),
);
const scalar = fc.oneof(
  word,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true, min: -1e6, max: 1e6 }),
  fc.constant(null),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 2 }, scalar, fc.boolean(), tie('list'), tie('object')),
  list: fc.array(tie('any'), { maxLength: 3 }),
  object: fc.dictionary(fc.stringMatching(/^[a-z][a-z_]{0,6}$/), tie('any'), { maxKeys: 3 }),
})).any;
const traceback = fc.constantFrom(
  null,
  'Traceback (most recent call last):\n  File "shop.py", line 3, in pay\nValueError: no',
  'ValueError: é',
);
const message = fc.oneof(
  fc.tuple(
    word.map((text) => text.replaceAll('%', '')),
    fc.constant<unknown[]>([]),
  ),
  fc.tuple(fc.constant('order %s of %s'), fc.tuple(word, fc.integer())),
  fc.tuple(fc.constant('%05d|%-8s|%.3f'), fc.tuple(fc.nat(99_999), word, fc.constant(2.5))),
);
/** Any of these would be another attribute of a record. */
const fields = fc.dictionary(fc.constantFrom('user_id', 'path', 'tags', 'ratio', 'a'), value, { maxKeys: 4 });

function records({
  args,
  extra = fields,
}: {
  args?: fc.Arbitrary<unknown[]>;
  extra?: fc.Arbitrary<Record<string, unknown>>;
} = {}): fc.Arbitrary<GivenRecord> {
  const messages = args === undefined ? message : fc.tuple(fc.constant('%s - "%s %s HTTP/%s" %d'), args);
  return fc
    .tuple(messages, levelname, fc.integer({ min: 0, max: 2_000_000_000_000 }), extra, traceback, traceback)
    .map(([[msg, given], level, millis, more, excText, stackInfo]) => ({
      attributes: {
        ...{ name: 'shop.orders', msg, args: given, levelname: level, levelno: LEVELS[level] },
        ...{ created: millis / 1000, msecs: millis % 1000, exc_text: excText, stack_info: stackInfo },
        ...{ pathname: '/srv/shop/pay.py', filename: 'pay.py', module: 'pay', lineno: 12, funcName: 'pay' },
        ...{ relativeCreated: 12.5 },
        ...{ process: 77, processName: 'MainProcess', thread: 5, threadName: 'MainThread' },
      },
      extra: more,
    }));
}

const plain = { sanitize: 'none' } as const;
const text = { fmt: '%(asctime)s %(levelname)-8s [%(name)s] %(message)s' };
const access = { fmt: '%(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s' };
const requests = fc.tuple(
  fc.constantFrom('127.0.0.1:5000', '[::1]:80', ''),
  fc.constantFrom('GET', 'POST'),
  fc.webPath(),
  fc.constantFrom('1.1', '2'),
  fc.oneof(fc.constantFrom(100, 200, 204, 301, 404, 418, 500, 503), fc.integer({ min: 100, max: 599 })),
);
const noColors = (options: object) => ({ ...options, use_colors: false });
const inColors = (options: object) => ({ ...options, use_colors: true });

function same(
  formatter: string,
  options: Readonly<Record<string, unknown>>,
  make: () => Formatter,
  given = records(),
): Comparison {
  let made: Formatter | undefined;
  return {
    ...{ formatter, options, records: given },
    ours: (record) => {
      made ??= make();
      return made.format(record);
    },
  };
}

const json = (options: Record<string, unknown>, forUs = options) =>
  same('pythonjsonlogger.json.JsonFormatter', options, () => new PythonJsonFormatter(forUs));

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  'python-json-logger': json({}),
  'python-json-logger with a format and renamed fields': json({
    ...{ fmt: '%(asctime)s %(levelname)s %(name)s %(message)s %(nope)s' },
    ...{ rename_fields: { levelname: 'level', user_id: 'user' }, static_fields: { app: 'shop' } },
  }),
  'python-json-logger with defaults, a prefix and all characters': json({
    ...{ fmt: '{message} {levelname}', style: '{', defaults: { env: 'dev', a: 0 }, prefix: 'log: ' },
    ...{ json_ensure_ascii: false, timestamp: true },
  }),
  'python-json-logger, indented, with tracebacks as arrays': json({
    ...{
      json_indent: 2,
      exc_info_as_array: true,
      stack_info_as_array: true,
      reserved_attrs: ['path', 'taskName'],
    },
  }),
  "Django's ServerFormatter": same(
    'django.utils.log.ServerFormatter',
    { fmt: '[{server_time}] {message}', style: '{' },
    () => new DjangoServerFormatter({ fmt: '[{server_time}] {message}', style: '{', ...plain }),
    records({
      extra: fc.record(
        { server_time: fc.constant('05/Jan/2024 15:04:09'), status_code: fc.integer({ min: 100, max: 599 }) },
        { requiredKeys: [] },
      ),
    }),
  ),
  "Django's mails": {
    ...{ formatter: 'mail', options: text, records: records() },
    ours: (record) => {
      const sent: unknown[] = [];
      class Keeping extends AdminEmailHandler {
        override send_mail(subject: string, body: string): void {
          sent.push([subject, body.split('\n\n')[0]]);
        }
      }
      const handler = new Keeping();
      handler.setFormatter(new Formatter({ ...text, ...plain }));
      handler.emit(record);
      return sent;
    },
  },
  "Celery's formatter": same(
    'celery.utils.log.ColorFormatter',
    { ...text, use_color: false },
    () => new CeleryFormatter({ ...text, use_color: false, ...plain }),
  ),
  "Celery's formatter in colour": same(
    'celery.utils.log.ColorFormatter',
    text,
    () => new CeleryFormatter({ ...text, ...plain }),
  ),
  "Celery's formatter of tasks": same(
    'celery.app.log.TaskFormatter',
    { fmt: '%(levelname)s %(task_name)s[%(task_id)s]: %(message)s', use_color: false },
    () =>
      new CeleryTaskFormatter({
        ...{ fmt: '%(levelname)s %(task_name)s[%(task_id)s]: %(message)s', use_color: false, ...plain },
      }),
  ),
  uvicorn: same(
    'uvicorn.logging.DefaultFormatter',
    noColors({ fmt: '%(levelprefix)s %(message)s' }),
    () => new UvicornFormatter({ ...noColors({ fmt: '%(levelprefix)s %(message)s' }), ...plain }),
  ),
  'uvicorn in colour': same(
    'uvicorn.logging.DefaultFormatter',
    inColors({ fmt: '%(levelprefix)s %(message)s' }),
    () => new UvicornFormatter({ ...inColors({ fmt: '%(levelprefix)s %(message)s' }), ...plain }),
  ),
  "uvicorn's access lines": same(
    'uvicorn.logging.AccessFormatter',
    noColors(access),
    () => new UvicornAccessFormatter({ ...noColors(access), ...plain }),
    records({ args: requests as never }),
  ),
  "uvicorn's access lines in colour": same(
    'uvicorn.logging.AccessFormatter',
    inColors(access),
    () => new UvicornAccessFormatter({ ...inColors(access), ...plain }),
    records({ args: requests as never }),
  ),
  'colorlog without colours': same(
    'colorlog.ColoredFormatter',
    { fmt: '%(log_color)s%(levelname)-8s%(reset)s %(blue)s%(message)s', no_color: true },
    () =>
      new ColorlogFormatter({
        ...{ fmt: '%(log_color)s%(levelname)-8s%(reset)s %(blue)s%(message)s', no_color: true, ...plain },
      }),
  ),
  colorlog: same(
    'colorlog.ColoredFormatter',
    { fmt: '%(log_color)s%(levelname)-8s%(reset)s %(bold_blue)s%(message)s', force_color: true },
    () =>
      new ColorlogFormatter({
        ...{ fmt: '%(log_color)s%(levelname)-8s%(reset)s %(bold_blue)s%(message)s', force_color: true },
        ...plain,
      }),
  ),
  'colorlog with further colours': same(
    'colorlog.ColoredFormatter',
    {
      ...{ fmt: '{log_color}{levelname}{reset} {message_log_color}{message}', style: '{', reset: false },
      ...{ log_colors: { DEBUG: 'cyan', ERROR: 'bold_red,bg_white', AUDIT: 'light_green' } },
      ...{ secondary_log_colors: { message: { ERROR: 'red', CRITICAL: 'thin_purple' } }, force_color: true },
    },
    () =>
      new ColorlogFormatter({
        ...{ fmt: '{log_color}{levelname}{reset} {message_log_color}{message}', style: '{', reset: false },
        ...{ log_colors: { DEBUG: 'cyan', ERROR: 'bold_red,bg_white', AUDIT: 'light_green' } },
        ...{
          secondary_log_colors: { message: { ERROR: 'red', CRITICAL: 'thin_purple' } },
          force_color: true,
        },
        ...plain,
      }),
  ),
  "gunicorn's format": same(
    'gunicorn',
    {},
    () =>
      new Formatter({
        ...{ format: '%(asctime)s [%(process)d] [%(levelname)s] %(message)s', ...plain },
        datefmt: '[%Y-%m-%d %H:%M:%S %z]',
      }),
  ),
  "Flask's format": same(
    'flask',
    {},
    () => new Formatter({ format: '[%(asctime)s] %(levelname)s in %(module)s: %(message)s', ...plain }),
  ),
  "structlog's, as the guide has it": same(
    'structlog',
    {},
    () => new StructlogFormatter(),
    // A traceback of Python's is no text there, but an exception.
    records().map(({ attributes, extra }) => ({
      attributes: { ...attributes, exc_text: null },
      extra,
    })),
  ),
  "Airflow's formatter": same(
    'airflow.utils.log.timezone_aware.TimezoneAware',
    { fmt: '[%(asctime)s] {%(filename)s:%(lineno)d} %(levelname)s - %(message)s' },
    () =>
      new AirflowFormatter({
        ...{ fmt: '[%(asctime)s] {%(filename)s:%(lineno)d} %(levelname)s - %(message)s', ...plain },
      }),
  ),
};

interface Answer {
  readonly text?: unknown;
  readonly error?: string;
}

function ask(questions: readonly unknown[]): Answer[] {
  const script = join(import.meta.dirname, 'support/python-originals.py');
  const { status, stdout, stderr } = spawnSync(engineFile('python-loggers', 'bin', 'python3'), [script], {
    ...{ encoding: 'utf8', maxBuffer: 1 << 28 },
    input: questions.map((one) => `${JSON.stringify(one)}\n`).join(''),
    env: { ...process.env, PYTHONWARNINGS: 'ignore', NO_COLOR: undefined, FORCE_COLOR: undefined },
  });
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

it("has structlog's formatter as the guide prints it", () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
  const [, printed] =
    /^export (class StructlogFormatter .*?^\})/ms.exec(read('support/structlog-formatter.ts')) ?? [];
  expect(read('../../docs/from-python.md')).toContain(printed);
});

describeWithEngines(['python-loggers'], "what Python's packages write is written here, byte for byte", () => {
  const samples = Object.values(COMPARISONS).map((one) =>
    fc.sample(one.records, { numRuns: RECORDS, seed: SEED }),
  );
  let answers: Answer[] = [];
  const before = process.env.FORCE_COLOR;

  beforeAll(() => {
    process.env.FORCE_COLOR = '1';
    setDjangoSettings({ ADMINS: [['Ops', 'ops@example.com']], EMAIL_SUBJECT_PREFIX: '[Shop] ' } as never);
    answers = ask(
      Object.values(COMPARISONS).flatMap(({ formatter, options }, at) =>
        (samples[at] ?? []).map((record) => ({ formatter, options, record })),
      ),
    );
  }, 120_000);
  afterAll(() => {
    if (before === undefined) delete process.env.FORCE_COLOR;
    else process.env.FORCE_COLOR = before;
    setDjangoSettings({});
  });

  it.each(Object.keys(COMPARISONS))('%s', (name) => {
    const at = Object.keys(COMPARISONS).indexOf(name);
    const { ours } = COMPARISONS[name] as Comparison;
    const differing = (samples[at] ?? []).flatMap((given, index) => {
      const python = answers[at * RECORDS + index];
      const text = ours(makeLogRecord({ ...given.attributes, ...given.extra }));
      return JSON.stringify(text) === JSON.stringify(python?.text)
        ? []
        : [{ record: given, ours: text, python: python?.text ?? python?.error }];
    });
    expect(differing.slice(0, 1)).toEqual([]);
  });
});
