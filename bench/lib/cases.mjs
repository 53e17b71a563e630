/**
 * What is measured. Besides the plain calls that every bench has there are those that services make: what is logged is
 * seldom the same twice, comes from many places, has fields bound to it, and fails.
 *
 * `isCold`: the first {@link COLD_CALLS} calls of a process, in a new one each time, in place of the steady state.
 */
export const CASES = {
  disabled: { title: 'disabled call', hasOutput: false },
  disabledMany: { title: 'disabled call, 16 loggers in one place', hasOutput: false },
  text: { title: 'text line' },
  json: { title: 'JSON line' },
  unique: { title: 'messages that never repeat' },
  many: { title: '20 loggers and call sites in turns' },
  arguments: { title: 'three arguments' },
  number: { title: '`%.2f of %d (%s)`' },
  repr: { title: 'an object in the message' },
  fields: { title: 'five extra fields' },
  newFields: { title: 'five fields, new each time' },
  bound: { title: 'bound fields' },
  boundOwn: { title: "bound fields and the call's own" },
  nested: { title: 'nested objects and dates' },
  child: { title: 'deep child logger' },
  long: { title: '1 KB message' },
  unicode: { title: 'unicode and emoji' },
  control: { title: 'a newline and an escape' },
  error: { title: 'Error with a cause' },
  errors: { title: 'Error, two causes, own properties' },
  redactPaths: { title: 'secrets at named paths' },
  redactScan: { title: 'secrets wherever they are' },
  redactPlain: { title: 'no secrets, looked for' },
  handlers: { title: 'two handlers, two formats' },
  filter: { title: 'a filter' },
  context: { title: 'context fields' },
  caller: { title: 'caller information' },
  first: { title: 'the first 100 calls of a process', isCold: true },
};

/** Calls of a case that is cold. */
export const COLD_CALLS = 100;

/** Where the lines go, and how; line by line, which is what one gets without asking, comes first. */
export const MODES = {
  'line-file': { title: 'file, line by line', isBatched: false, isFile: true },
  'batched-file': { title: 'file, in batches of 16 KB', isBatched: true, isFile: true },
  'line-null': { title: '/dev/null, line by line', isBatched: false, isFile: false },
  'batched-null': { title: '/dev/null, in batches of 16 KB', isBatched: true, isFile: false },
};

/** Ours first; then the least work that can produce the line; then the others. */
export const COMPETITORS = [
  'ours',
  'limit',
  'pino',
  'winston',
  'bunyan',
  'log4js',
  'tslog',
  'logtape',
  'nest',
  'cpython',
];
