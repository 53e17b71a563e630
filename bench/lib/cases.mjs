/** What is measured. `quick` cases are those the goals name. */
export const CASES = {
  disabled: { title: 'disabled call', hasOutput: false },
  text: { title: 'text line' },
  json: { title: 'JSON line' },
  arguments: { title: 'three arguments' },
  fields: { title: 'five extra fields' },
  child: { title: 'deep child logger' },
  error: { title: 'Error with a cause' },
  handlers: { title: 'two handlers, two formats' },
  filter: { title: 'a filter' },
  context: { title: 'context fields' },
  caller: { title: 'caller information' },
};

/** Where the lines go, and how. */
export const MODES = {
  'batched-file': { title: 'file, in batches of 16 KB', isBatched: true, isFile: true },
  'line-file': { title: 'file, line by line', isBatched: false, isFile: true },
  'batched-null': { title: '/dev/null, in batches of 16 KB', isBatched: true, isFile: false },
  'line-null': { title: '/dev/null, line by line', isBatched: false, isFile: false },
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
