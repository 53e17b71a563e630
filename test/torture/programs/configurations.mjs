/** Hostile configurations: each has to be refused with the path of the fault, and nothing may be loaded or changed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
// Handlers load these when the first of them is made, whatever its options are.
import 'node:dgram';
import 'node:http';
import 'node:https';
import 'node:tls';
import 'node:zlib';
import { logging, note } from './under-test.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'hostile-'));
const marker = path.join(folder, 'marker');
const evil = path.join(folder, 'evil.mjs');
const code = `require('node:fs').writeFileSync(${JSON.stringify(marker)}, 'loaded')`;
writeFileSync(
  evil,
  `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); ${code}; export default class {}`,
);
writeFileSync(path.join(folder, 'evil.cjs'), code);

const call = `(() => { ${code} })()`;
const file = (more) => ({
  handlers: { h: { class: 'FileHandler', filename: path.join(folder, 'app.log'), ...more } },
});
const handler = (entry) => ({ handlers: { h: entry } });
const formatter = (entry) => ({ formatters: { f: entry } });
const filter = (entry) => ({ filters: { f: entry } });
const proto = (text) => JSON.parse(text);

/** [the path that the error has to name, the configuration]; `version` is added where it is not there. */
const cases = [
  // Classes that are not on the list: modules, functions, globals, prototypes.
  ...[
    'fs.writeFileSync',
    'node:fs',
    'child_process.exec',
    'node:child_process',
    'process.exit',
    'os.system',
    'subprocess.Popen',
    'builtins.eval',
    'eval',
    'Function',
    'globalThis.process',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'logging.__builtins__',
    'logging.handlers.__class__',
    evil,
    pathToFileURL(evil).href,
    path.join(folder, 'evil.cjs'),
    './evil.mjs',
    '../evil.cjs',
    `data:text/javascript,${call}`,
    'Logger',
    'shutdown',
    '',
    ' StreamHandler',
    'StreamHandler;process.exit()',
    'StreamHandler\0',
  ].map((name) => ['handlers.h', handler({ class: name })]),
  // The same as a factory, for each kind.
  ...['fs.readFileSync', 'process.exit', evil, 'eval', 'constructor'].flatMap((name) => [
    ['handlers.h', handler({ '()': name })],
    ['formatters.f', formatter({ '()': name })],
    ['filters.f', filter({ '()': name })],
  ]),
  ...['os.system', pathToFileURL(evil).href, '__proto__'].map((name) => [
    'formatters.f',
    formatter({ class: name }),
  ]),
  // ext:// and cfg:// beyond what they may reach.
  ...[
    'ext://process.exit',
    'ext://process.env',
    'ext://fs',
    'ext://globalThis',
    'ext://sys.modules',
    'ext://os.environ',
    'ext://__import__',
    'ext://constructor',
    'ext://sys.stdout.constructor',
    `ext://${evil}`,
    'cfg://__proto__',
    'cfg://handlers.constructor',
    'cfg://handlers.__proto__.polluted',
    'cfg://handlers[constructor]',
    'cfg://nothing.there',
    'cfg://',
    'ext://',
  ].map((value) => ['handlers.h', handler({ class: 'StreamHandler', stream: value })]),
  // Keys that would reach a prototype.
  ['handlers', proto('{"handlers": {"__proto__": {"class": "StreamHandler"}}}')],
  ['handlers.h', proto('{"handlers": {"h": {"class": "StreamHandler", "__proto__": {"polluted": true}}}}')],
  [
    'handlers.h',
    proto('{"handlers": {"h": {"class": "StreamHandler", ".": {"__proto__": {"polluted": true}}}}}'),
  ],
  ['handlers.h', handler({ class: 'StreamHandler', '.': { constructor: 1 } })],
  ['__proto__', proto('{"__proto__": {"polluted": true}}')],
  ['constructor', { constructor: { prototype: { polluted: true } } }],
  // Options that are not what they should be.
  ['handlers.h.filename', handler({ class: 'FileHandler' })],
  ['handlers.h.filename', file({ filename: { toString: 'x' } })],
  ['handlers.h', file({ filename: 'https://example.com/app.log\0' })],
  ['handlers.h.filename', file({ filename: new URL('http://example.com/x') })],
  ['handlers.h', file({ mode: 'r' })],
  ['handlers.h', file({ encoding: 'no-such-encoding' })],
  ['handlers.h.level', file({ level: 'LOUD' })],
  ['handlers.h.level', file({ level: { valueOf: 1 } })],
  ['handlers.h.bufferSize', file({ bufferSize: -1 })],
  ['handlers.h.bufferSize', file({ bufferSize: Number.MAX_VALUE })],
  ['handlers.h.filters', file({ filters: 'f' })],
  ['handlers.h', file({ filters: ['nobody'] })],
  ['handlers.h.formatter', file({ formatter: 'nobody' })],
  ['handlers.h', file({ shell: 'rm -rf /' })],
  [
    'handlers.h.maxBytes',
    handler({ class: 'RotatingFileHandler', filename: path.join(folder, 'x'), maxBytes: 'lots' }),
  ],
  [
    'handlers.h',
    handler({ class: 'RotatingFileHandler', filename: path.join(folder, 'x'), rotator: 'process.exit' }),
  ],
  ['handlers.h', handler({ class: 'SysLogHandler', address: ['127.0.0.1', 99_999_999] })],
  ['handlers.h', handler({ class: 'HTTPHandler', host: 'example.com/@evil', url: '/', method: 'DELETE' })],
  [
    'handlers.h',
    handler({
      class: 'SMTPHandler',
      mailhost: 'localhost',
      fromaddr: 'a@example.com\r\nBcc: x@example.com',
      toaddrs: ['b@example.com'],
      subject: 's',
    }),
  ],
  [
    'handlers.h',
    handler({
      class: 'SMTPHandler',
      mailhost: 'localhost',
      fromaddr: 'a@example.com',
      toaddrs: ['b@example.com\r\nRCPT TO:<x@example.com>'],
      subject: 's',
    }),
  ],
  ['formatters.f.format', formatter({ format: 7 })],
  ['formatters.f', formatter({ format: '%(asctime' })],
  ['formatters.f.style', formatter({ format: 'x', style: '`' })],
  ['version', { version: 2 }],
  ['version', { version: '1; import os' }],
  ['handlers', { handlers: [] }],
  ['handlers', { handlers: 'all' }],
  ['root', { root: 'INFO' }],
  ['root.handlers', { root: { handlers: ['nobody'] } }],
  ['loggers.a.level', { loggers: { a: { level: 'LOUD' } } }],
  ['loggers.a', { loggers: { a: { handlers: ['nobody'], propagate: 'maybe' } } }],
  ['loggerz', { loggerz: {} }],
];

// What is loaded on first use is loaded before.
const calm = {
  version: 1,
  handlers: { h: { class: 'FileHandler', filename: path.join(folder, 'calm.log') } },
  root: { level: 'INFO', handlers: ['h'] },
};
const standing = logging.dictConfig(calm);
try {
  logging.dictConfig({ version: 1, handlers: { h: { class: 'Nobody' } } });
} catch {
  // As it should be.
}
let loaded = process.moduleLoadList.length;
const wrong = [];

for (const [place, config] of cases) {
  const before = logging.getLogger().handlers[0];
  const title = `${place}, ${safely(() => JSON.stringify(config))}`;
  try {
    logging.dictConfig(
      Object.hasOwn(config, 'version')
        ? config
        : Object.defineProperty(config, 'version', { value: 1, enumerable: true }),
    );
    wrong.push(`${title}: taken`);
  } catch (error) {
    if (error?.code !== 'ERR_LOGGING_CONFIG') wrong.push(`${title}: refused by ${error}`);
    else if (!error.message.includes(place)) wrong.push(`${title}: the path is not in ${error.message}`);
  }
  if (existsSync(marker)) wrong.push(`${title}: code was loaded`);
  // Node loads parts of itself when it likes; those that programs can name are another matter.
  const added = process.moduleLoadList.slice(loaded).filter((name) => !/ internal\//.test(name));
  loaded = process.moduleLoadList.length;
  if (added.length > 0) wrong.push(`${title}: loaded ${added}`);
  if ({}.polluted !== undefined) wrong.push(`${title}: Object.prototype is polluted`);
  if (logging.getLogger().handlers[0] !== before) wrong.push(`${title}: the running configuration changed`);
  if (wrong.length > 20) break;
}
await standing.close();
rmSync(folder, { recursive: true });
note('n', `done ${JSON.stringify({ count: cases.length, wrong })}`);

function safely(text) {
  try {
    return text()?.slice(0, 200);
  } catch {
    return '[unprintable]';
  }
}
