/** Control characters and forged lines in every field of a record, through every formatter that the library exports. */
import { logging, note } from './under-test.mjs';

const points = [
  ...range(0x00, 0x08),
  ...range(0x0b, 0x1f),
  ...range(0x7f, 0x9f),
  0x061c,
  ...range(0x200e, 0x200f),
  ...range(0x2028, 0x202e),
  ...range(0x2066, 0x2069),
];
const CONTROLS = new RegExp(
  `[${points.map((point) => `\\u${point.toString(16).padStart(4, '0')}`).join('')}]`,
  'g',
);
const MARK = 'FORGED 2024-01-01 CRITICAL root you were robbed';
const payloads = [
  ...points.map((point) => [`U+${point.toString(16)}`, `a${String.fromCodePoint(point)}b`]),
  ['line feed', `a\n${MARK}`],
  ['carriage return', `a\r${MARK}`],
  ['both', `a\r\n${MARK}`],
  ['line separator', `a\u2028${MARK}`],
  ['next line', `a\x85${MARK}`],
  ['terminal title', 'a\x1b]0;owned\x07b'],
  ['clear the screen', 'a\x1b[2J\x1b[Hb'],
  ['quotes', `a","level":"CRITICAL","message":"${MARK}`],
  ['quotes and a line', `a"\n{"level":"CRITICAL","message":"${MARK}"}`],
];

/** Each makes the options of a record with the payload in one field. */
const fields = {
  name: (text) => ({ name: text }),
  message: (text) => ({ msg: text }),
  argument: (text) => ({ msg: 'got %s', args: [text] }),
  'named argument': (text) => ({ msg: 'got %(a)s', args: { a: text } }),
  'object argument': (text) => ({ msg: 'got %s', args: [{ [text]: text }] }),
  'extra value': (text) => ({ extra: { user: text } }),
  'extra key': (text) => ({ extra: { [text]: 1 } }),
  'deep in extra': (text) => ({ extra: { user: { [text]: [text, new Error(text)] } } }),
  'level name': (text) => {
    logging.addLevelName(33, text);
    return { levelno: 33 };
  },
  'error message': (text) => ({ excInfo: new Error(text) }),
  'error name': (text) => ({ excInfo: Object.assign(new Error('x'), { name: text }) }),
  'error stack': (text) => ({
    excInfo: Object.assign(new Error('x'), { stack: `Error: x\n    at ${text}` }),
  }),
  'error code': (text) => ({ excInfo: Object.assign(new Error('x'), { code: text, [text]: text }) }),
  cause: (text) => ({ excInfo: new Error('x', { cause: new Error(text) }) }),
  'cause that is a text': (text) => ({ excInfo: new Error('x', { cause: text }) }),
  member: (text) => ({ excInfo: new AggregateError([new Error(text), text], text) }),
  'thrown text': (text) => ({ excInfo: text }),
  excText: (text) => ({ excText: text }),
  stackInfo: (text) => ({ stackInfo: `Stack:\n${text}` }),
  pathname: (text) => ({ pathname: `/${text}/a.js`, lineno: 1, funcName: text }),
  threadName: (text) => ({ threadName: text, processName: text, taskName: text }),
  context: (text) => ({ context: { request_id: text } }),
};

const percent = [
  '%(asctime)s',
  '%(name)s',
  '%(levelname)s',
  '%(message)s',
  '%(user)s',
  '%(request_id)s',
  '%(pathname)s',
  '%(filename)s',
  '%(module)s',
  '%(funcName)s',
  '%(threadName)s',
  '%(processName)s',
  '%(taskName)s',
].join(' ');
const braces = percent.replaceAll(/%\((\w+)\)s/g, '{$1}');
const dollars = percent.replaceAll(/%\((\w+)\)s/g, '$${$1}');
const defaults = { user: '-', request_id: '-' };

const made = [];
for (const [name, type] of [['Formatter', logging.Formatter], ...Object.entries(logging)]) {
  if (typeof type !== 'function') continue;
  if (type !== logging.Formatter && !(type.prototype instanceof logging.Formatter)) continue;
  if (name === 'Formatter' && made.length > 0) continue;
  for (const [title, options] of [
    ['', {}],
    ['%', { format: percent, defaults }],
    ['{', { format: braces, style: '{', defaults }],
    ['$', { format: dollars, style: '$', defaults }],
    ['line', { format: percent, defaults, sanitize: 'line' }],
    ['colours', { format: percent, defaults, colors: true }],
    ['colours', { format: percent, defaults, use_colors: true }],
    ['caller', { includeCaller: true }],
    ['object', { exception: 'object' }],
    ['static', { static_fields: { a: 1 } }],
  ]) {
    try {
      made.push({
        name: `${name} ${title}`,
        formatter: new type(options),
        isJson: /json/i.test(name),
        isLine: title === 'line',
      });
    } catch {
      // It does not take these.
    }
  }
}

let checked = 0;
let wrong = [];

// The check itself is checked: without any protection it has to find something.
check({
  name: 'unprotected',
  formatter: new logging.Formatter({ format: percent, defaults, sanitize: 'none' }),
});
const canary = wrong.length;
[checked, wrong] = [
  0,
  canary > 1_000 ? [] : [`only ${canary} faults of an unprotected formatter were found`],
];

for (const each of made) check(each);

function check(each) {
  for (const [field, options] of Object.entries(fields)) {
    // Its own colours are no forgery: there are as many as without the payload.
    const harmless = escapes(format(each.formatter, options('abc')));
    for (const [title, payload] of payloads) {
      checked += 1;
      judge(each, options(payload), `${each.name}, ${field}, ${title}`, harmless);
    }
  }
}

function judge({ formatter, isJson, isLine }, options, title, harmless) {
  const text = format(formatter, options);
  const where = `${title}: ${JSON.stringify(text.slice(0, 400))}`;
  const own = harmless > 1 ? text.replaceAll(/\x1b\[[0-9;]*m/g, '') : text;
  CONTROLS.lastIndex = 0;
  if (CONTROLS.test(own) || escapes(text) !== harmless) wrong.push(`a control came through ${where}`);
  if (/^FORGED/m.test(own)) wrong.push(`a line was forged ${where}`);
  const hasTraceback = 'excInfo' in options || 'excText' in options || 'stackInfo' in options;
  if ((isJson || (isLine && !hasTraceback)) && own.includes('\n')) wrong.push(`more than one line ${where}`);
  if (isJson) checkJson(own, where);
}

function escapes(text) {
  return text.split('\x1b').length;
}

note(
  'n',
  `done ${JSON.stringify({ checked, formatters: made.length, fields: Object.keys(fields).length, payloads: payloads.length, wrong: wrong.length, first: wrong.slice(0, 8) })}`,
);

function format(formatter, options) {
  const record = new logging.LogRecord({ name: 'shop', levelno: 20, msg: 'paid', ...options });
  return formatter.format(record);
}

function checkJson(text, where) {
  try {
    const { level, levelname } = JSON.parse(text);
    if ([level, levelname].includes('CRITICAL')) wrong.push(`the level was forged ${where}`);
  } catch {
    wrong.push(`invalid JSON ${where}`);
  }
}

function range(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
