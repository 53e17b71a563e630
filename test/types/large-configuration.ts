/** The text of a program with a configuration of a size that a platform team may come to. */
export function largeConfiguration(loggers: number, handlers: number): string {
  const entries = [
    (i: number) => `{ class: 'logging.StreamHandler', stream: 'ext://sys.stdout', formatter: 'f${i % 10}' }`,
    (i: number) =>
      `{ class: 'logging.handlers.RotatingFileHandler', filename: 'a${i}.log', maxBytes: 1000, formatter: 'f0' }`,
    () => `{ class: 'logging.handlers.MemoryHandler', capacity: 10, target: 'h0', filters: ['shop'] }`,
    () => `{ class: 'logging.handlers.HTTPHandler', host: 'logs', url: '/x', format: 'json' }`,
    () => `{ class: 'logging.handlers.SysLogHandler', address: ['localhost', 514], facility: 'local0' }`,
  ];
  const handler = (i: number) => `h${i}: ${entries[i % entries.length]?.(i)}`;
  const logger = (i: number) =>
    `'shop.l${i}': { level: 'DEBUG', handlers: ['h${i % handlers}', 'h0'], filters: ['debug'], propagate: false }`;
  return `import { defineLogging } from 'nestjs-logging/core';
export const logging = defineLogging({
  version: 1,
  formatters: { ${list(10, (i) => `f${i}: { format: '%(message)s' }`)} },
  filters: { shop: { name: 'shop' }, debug: { '()': 'RequireDebugTrue' } },
  handlers: { ${list(handlers, handler)} },
  loggers: { ${list(loggers, logger)} },
  root: { level: 'INFO', handlers: ['h0'] },
});
`;
}

function list(count: number, item: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => item(index)).join(', ');
}
