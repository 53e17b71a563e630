import { VARIANTS as V } from './variants.mjs';
import { applicationModule } from './application.mjs';
import { AsyncLocalStorage } from 'node:async_hooks';
import { writeSync } from 'node:fs';
const ours = (options) => async () => {
  const { LoggingModule, NestLogger } = await import('nestjs-logging');
  return { module: applicationModule({ imports: [LoggingModule.forRoot(CONFIG, options)] }), create: { bufferLogs: true }, ready: (app) => app.useLogger(app.get(NestLogger)) };
};
const CONFIG = { version: 1, formatters: { default: { class: 'JsonFormatter' } }, handlers: { console: { class: 'StreamHandler', stream: 'ext://sys.stdout', formatter: 'default' } }, root: { level: 'INFO', handlers: ['console'] } };
const none = (ready) => async () => ({ module: applicationModule(), create: { logger: false }, ready });
const hook = (app, f) => { const i = app.getHttpAdapter(); if (i.getType() === 'fastify') i.getInstance().addHook('onRequest', f); else app.use(f); };
export const VARIANTS = { ...V,
  'als': none(async (app) => { const s = new AsyncLocalStorage(); hook(app, (q, r, n) => s.run({ a: 1 }, n)); }),
  'noop': none(async (app) => hook(app, (q, r, n) => n())),
  'write': none(async (app) => hook(app, (q, r, n) => { (r.raw ?? r).once('close', () => writeSync(1, 'x'.repeat(300) + '\n')); n(); })),
  'burn': none(async (app) => hook(app, (q, r, n) => { const e = performance.now() + 0.02; while (performance.now() < e); n(); })),
  'once': none(async (app) => hook(app, (q, r, n) => { (r.raw ?? r).once('close', () => {}); n(); })),
  'alswrite': none(async (app) => { const s = new AsyncLocalStorage(); hook(app, (q, r, n) => { (r.raw ?? r).once('close', () => writeSync(1, 'x'.repeat(300) + '\n')); s.run({ a: 1 }, n); }); }),
  'ours-noctx': ours({ context: false }),
  'ours-noaccess': ours({ http: { enabled: false } }),
  'ours-nofilter': ours({ http: { exceptionFilter: false } }),
  'ours-nothing': ours({ context: false, http: { enabled: false, exceptionFilter: false, responseHeader: false } }),
  'na-noheader': ours({ http: { enabled: false, responseHeader: false } }),
  'na-nofilter': ours({ http: { enabled: false, exceptionFilter: false } }),
  'na-nofilter-noheader': ours({ http: { enabled: false, exceptionFilter: false, responseHeader: false } }),
  'a-only': ours({ context: false, http: { exceptionFilter: false, responseHeader: false } }),
  'a-header': ours({ context: false, http: { exceptionFilter: false } }),
  'p-count': none(async (app) => hook(app, (q, r, n) => { const res = r.raw ?? r; const { write, end } = res; let b = 0; Object.assign(res, { write(c, e, f) { b += c.length; return write.call(this, c, e, f); }, end(c, e, f) { b += c?.length ?? 0; return end.call(this, c, e, f); } }); n(); })),
  'p-watch': none(async (app) => hook(app, (q, r, n) => { const res = r.raw ?? r; res.once('finish', () => {}); res.once('close', () => {}); res.on('pipe', () => {}); n(); })),
  'p-state': none(async (app) => hook(app, (q, r, n) => { Object.defineProperty(q.raw ?? q, Symbol.for('x'), { value: { a: 1 } }); n(); })),
  'p-header': none(async (app) => hook(app, (q, r, n) => { (r.raw ?? r).setHeader('x-request-id', 'abcdefabcdefabcdef'); n(); })),
  'p-log': none(async (app) => { const { getLogger, dictConfig } = await import('nestjs-logging/core'); dictConfig(CONFIG); const l = getLogger('nest.server'); hook(app, (q, r, n) => { const res = r.raw ?? r; res.once('close', () => l.info('%s %s %d %.1fms', 'GET', '/hello', res.statusCode, 1.234, { extra: { method: 'GET', path: '/hello', route: '/hello', status: 200, request_id: 'abc', controller: 'A', handler: 'b', duration_ms: 1.234, bytes: 12, aborted: false } })); n(); }); }),
  'p-log0': none(async (app) => { const { getLogger, dictConfig } = await import('nestjs-logging/core'); dictConfig(CONFIG); const l = getLogger('nest.server'); hook(app, (q, r, n) => { const res = r.raw ?? r; res.once('close', () => l.info('GET /hello')); n(); }); }),
  'p-log0x10': none(async (app) => { const { getLogger, dictConfig } = await import('nestjs-logging/core'); dictConfig(CONFIG); const l = getLogger('nest.server'); hook(app, (q, r, n) => { const res = r.raw ?? r; res.once('close', () => { for (let i = 0; i < 10; i++) l.info('GET /hello'); }); n(); }); }),
  'p-log0null': none(async (app) => { const { getLogger, dictConfig } = await import('nestjs-logging/core'); dictConfig({ ...CONFIG, handlers: { console: { class: 'FileHandler', filename: '/dev/null', formatter: 'default' } } }); const l = getLogger('nest.server'); hook(app, (q, r, n) => { const res = r.raw ?? r; res.once('close', () => l.info('GET /hello')); n(); }); }),
  'p-log0batch': none(async (app) => { const { getLogger, dictConfig } = await import('nestjs-logging/core'); dictConfig({ ...CONFIG, handlers: { console: { class: 'StreamHandler', stream: 'ext://sys.stdout', bufferSize: 16384, formatter: 'default' } } }); const l = getLogger('nest.server'); hook(app, (q, r, n) => { const res = r.raw ?? r; res.once('close', () => l.info('GET /hello')); n(); }); }),
  'p-off': none(async (app) => { const { getLogger, dictConfig } = await import('nestjs-logging/core'); dictConfig(CONFIG); const l = getLogger('nest.server'); hook(app, (q, r, n) => { const res = r.raw ?? r; res.once('close', () => l.debug('GET /hello')); n(); }); }),
  'write2': none((app) => hook(app, (q, r, n) => { (r.raw ?? r).once('close', () => writeSync(2, 'x'.repeat(300) + '\n')); n(); })),
  'writenull': none(async (app) => { const { openSync } = await import('node:fs'); const fd = openSync('/dev/null', 'a'); hook(app, (q, r, n) => { (r.raw ?? r).once('close', () => writeSync(fd, 'x'.repeat(300) + '\n')); n(); }); }),
  'ours-batch': async () => { const { LoggingModule, NestLogger } = await import('nestjs-logging'); return { module: applicationModule({ imports: [LoggingModule.forRoot({ ...CONFIG, handlers: { console: { class: 'StreamHandler', stream: 'ext://sys.stdout', bufferSize: 16384, formatter: 'default' } } })] }), create: { bufferLogs: true }, ready: (app) => app.useLogger(app.get(NestLogger)) }; },
  'ours-false': ours({ context: false, http: false }),
};
