import fc from 'fast-check';

/** Steps as test/conformance/steps.ts and test/support/steps_oracle.py understand them; `@DIR@` is the case's folder. */
export type Program = readonly Readonly<Record<string, unknown>>[];

const NAMES = [
  '',
  'a',
  'a.b',
  'a.b.c',
  'a.b.c.d',
  'a.bc',
  'shop',
  'shop.orders',
  'x',
  'x.y',
  'x.y.z',
  'deep.e.f.g',
  'new.one',
];
const name = fc.constantFrom(...NAMES);
const below = fc.constantFrom(...NAMES.slice(1));
const levelName = fc.constantFrom('DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'NOTSET', 'WARN', 'FATAL');
const levelNumber = fc.constantFrom(0, 1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55);
const level = fc.oneof(levelName, levelNumber);
const callLevel = fc.oneof(fc.constantFrom('debug', 'info', 'warning', 'error', 'critical'), levelNumber);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });

const format = fc.constantFrom<Record<string, unknown>>(
  { format: '%(name)s|%(message)s' },
  { format: '%(levelno)d:%(message)s' },
  { format: '%(levelname)-9s %(name)s %(message)s' },
  { format: '{levelname}~{name}~{message}', style: '{' },
  { format: '{message!r:>12}', style: '{' },
  { format: '$levelname $message', style: '$' },
  { format: '%(message)s %(who)s' },
  {},
);

const message = fc.constantFrom<readonly [string, unknown]>(
  ['hello', []],
  ['n=%d', [42]],
  ['n=%d', ['x']],
  ['%s/%s', ['p', 'q']],
  ['%s/%s', ['p']],
  ['100%', []],
  ['100%', [1]],
  ['%(k)s', { k: 'v' }],
  ['%(k)s', { j: 'v' }],
  ['uni 日本 %s', ['é']],
  ['%-8s|%05.1f', ['ab', 2.25]],
  // One line each: here what follows a newline is indented, unless a formatter says otherwise.
  ['%r', ["it's"]],
);

const handlerNames = ['h0', 'h1', 'h2'] as const;

function config(letters: string): fc.Arbitrary<Record<string, unknown>> {
  const handler = (index: number, formatters: readonly string[], filters: readonly string[]) =>
    fc
      .record({
        class: fc.constant('logging.FileHandler'),
        filename: fc.constant(`@DIR@/${letters}${index}.log`),
        mode: maybe(fc.constantFrom('a', 'w')),
        delay: maybe(fc.boolean()),
        level: maybe(level),
        formatter: maybe(fc.constantFrom(...formatters)),
        filters: filters.length === 0 ? fc.constant(undefined) : maybe(fc.subarray([...filters])),
      })
      .map(clean)
      // Two handlers share a file only to append to it: Python's 'w' writes over what the other one wrote.
      .chain((entry) =>
        fc
          .boolean()
          .map((isShared) => (isShared ? { ...entry, filename: '@DIR@/shared.log', mode: 'a' } : entry)),
      );
  return fc.integer({ min: 0, max: 3 }).chain((count) => {
    const handlers = handlerNames.slice(0, count);
    const filters = ['only'];
    const logger = fc
      .record({
        level: maybe(level),
        handlers: maybe(fc.subarray([...handlers])),
        filters: maybe(fc.subarray(filters)),
        propagate: maybe(fc.boolean()),
      })
      .map(clean);
    return fc
      .record({
        version: fc.constant(1),
        formatters: fc.record({ f0: format, f1: format }),
        filters: fc.record({ only: fc.record({ name: name }) }),
        handlers: fc
          .tuple(...handlers.map((_, index) => handler(index, ['f0', 'f1'], filters)))
          .map((entries) => Object.fromEntries(entries.map((entry, index) => [handlers[index], entry]))),
        loggers: fc.dictionary(below, logger, { maxKeys: 4 }),
        root: maybe(logger.map(({ propagate: _, ...root }) => root)),
        disable_existing_loggers: maybe(fc.boolean()),
        incremental: maybe(fc.constant(false)),
      })
      .map(clean);
  });
}

/** Mistakes that Python notices too; each makes the whole configuration an error in both. */
const badConfig = fc.constantFrom<Record<string, unknown>>(
  {},
  { version: 2 },
  { version: 1, handlers: { h: { class: 'logging.FileHandler' } } },
  { version: 1, handlers: { h: { class: 'logging.Nope' } } },
  { version: 1, handlers: { h: { class: 'logging.NullHandler', formatter: 'nope' } } },
  { version: 1, handlers: { h: { class: 'logging.NullHandler', level: 'LOUD' } } },
  { version: 1, root: { handlers: ['nope'] } },
  { version: 1, loggers: { a: { level: 'LOUD' } } },
  { version: 1, formatters: { f: { format: 'x', style: '{' } } },
);

const incremental = fc
  .record({
    version: fc.constant(1),
    incremental: fc.constant(true),
    loggers: fc.dictionary(
      below,
      fc.record({ level: maybe(level), propagate: maybe(fc.boolean()) }).map(clean),
      { maxKeys: 3 },
    ),
    root: maybe(fc.record({ level })),
  })
  .map(clean);

const log = fc
  .tuple(
    name,
    callLevel,
    message,
    maybe(
      fc.constantFrom<Record<string, unknown>>(
        { who: 'bob' },
        { who: 7 },
        { message: 'x' },
        { name: 'y' },
        { args: 1 },
      ),
    ),
  )
  .map(([logger, at, [msg, args], extra]) => clean({ op: 'log', logger, level: at, msg, args, extra }));

const ask = fc.oneof(
  name.map((logger) => ({ op: 'effective', logger })),
  name.map((logger) => ({ op: 'hasHandlers', logger })),
  name.map((logger) => ({ op: 'parent', logger })),
  fc.record({ op: fc.constant('isEnabledFor'), logger: name, level: levelNumber }),
  fc.record({
    op: fc.constant('getLevelName'),
    level: fc.oneof(levelNumber, levelName, fc.constantFrom(99, -3, 'nope')),
  }),
  fc.record({ op: fc.constant('child'), logger: name, suffix: fc.constantFrom('k', 'k.l') }),
);

const change = fc.oneof(
  fc.record({
    op: fc.constant('setLevel'),
    logger: name,
    level: fc.oneof(level, fc.constantFrom('LOUD', 'info')),
  }),
  fc.record({ op: fc.constant('propagate'), logger: below, value: fc.boolean() }),
  fc.record({ op: fc.constant('disabled'), logger: below, value: fc.boolean() }),
  fc.record({ op: fc.constant('disable'), level: levelNumber }),
  fc.record({
    op: fc.constant('addLevelName'),
    level: fc.constantFrom(5, 15, 35),
    name: fc.constantFrom('TRACE', 'LOUD', 'NOTICE'),
  }),
  fc.record({ op: fc.constant('removeHandler'), logger: name }),
  fc.record({ op: fc.constant('moveHandler'), logger: name, handler: fc.constantFrom(...handlerNames) }),
  fc.record({
    op: fc.constant('adapter'),
    logger: name,
    level: fc.constantFrom(20, 40),
    msg: fc.constant('adapted'),
    fields: fc.constant({ who: 'adapter' }),
  }),
);

function configure(letters: string): fc.Arbitrary<Record<string, unknown>> {
  return fc.oneof(
    { weight: 6, arbitrary: config(letters).map((one) => ({ op: 'dictConfig', config: one })) },
    { weight: 1, arbitrary: incremental.map((one) => ({ op: 'dictConfig', config: one })) },
    { weight: 2, arbitrary: basic(letters) },
  );
}

function basic(letters: string): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .record({
      filename: fc.constant(`@DIR@/${letters}.log`),
      filemode: maybe(fc.constantFrom('a', 'w')),
      level: maybe(level),
      force: maybe(fc.boolean()),
      format: maybe(fc.constantFrom('%(name)s %(message)s', '%(levelname)s')),
      nonsense: fc.option(fc.constant(1), { nil: undefined, freq: 8 }),
    })
    .map((options) => ({ op: 'basicConfig', options: clean(options) }));
}

/** Programs in which every configuration is one that Python takes, ending with one it may refuse. */
const configured: fc.Arbitrary<Program> = fc
  .tuple(
    configure('p'),
    fc.array(fc.oneof({ weight: 5, arbitrary: log }, ask, change), { maxLength: 14 }),
    maybe(configure('q')),
    fc.array(fc.oneof({ weight: 5, arbitrary: log }, ask, change), { maxLength: 14 }),
    fc.option(badConfig, { nil: undefined, freq: 4 }),
  )
  .map(([first, before, second, after, bad]) => [
    first,
    ...before,
    ...(second === undefined ? [] : [second]),
    ...after,
    // Python takes the running configuration down before it finds the error; so nothing is logged after it.
    ...(bad === undefined ? [] : [{ op: 'dictConfig', config: bad }]),
  ]);

/** Rotation by size: every line is measured, and files are renamed in turn. */
const rotating = fc
  .record({
    // More than any line has: up to 3.12 Python rolls a file that is empty for a line that does not fit.
    maxBytes: fc.constantFrom(0, 300, 400, 600),
    backupCount: fc.constantFrom(0, 1, 2, 5),
    mode: fc.constantFrom('a', 'w'),
    delay: fc.boolean(),
    lines: fc.array(
      fc
        .tuple(fc.constantFrom('x', 'é', '日', '😀'), fc.integer({ min: 0, max: 70 }))
        .map(([unit, count]) => unit.repeat(count)),
      { minLength: 1, maxLength: 20 },
    ),
  })
  .map(
    ({ lines, ...options }): Program => [
      {
        op: 'dictConfig',
        config: {
          version: 1,
          formatters: { f: { format: '%(levelname).1s %(message)s' } },
          handlers: {
            r: {
              class: 'logging.handlers.RotatingFileHandler',
              filename: '@DIR@/app.log',
              formatter: 'f',
              encoding: 'utf-8',
              ...options,
            },
          },
          root: { level: 'DEBUG', handlers: ['r'] },
        },
      },
      ...lines.map((line, index) => ({
        op: 'log',
        logger: 'a',
        level: 'info',
        msg: `%d ${line}`,
        args: [index],
      })),
    ],
  );

/** Programs of any kind. */
export const program: fc.Arbitrary<Program> = fc.oneof({ weight: 4, arbitrary: configured }, rotating);

/** Without the keys that were left out. */
function clean<T extends object>(value: T): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
