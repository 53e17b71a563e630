import { describe, expect, it } from '@jest/globals';
import { mergeOverlay } from '../../../lib/config/read/config-overlay.js';
import { replaceVariables } from '../../../lib/config/read/env-values.js';
import { LoggingConfigError, loadLoggingConfig, planConfig } from '../../../lib/core.js';

/** The errors of one component. */
function issuesOf(section: 'handlers' | 'filters', entry: Record<string, unknown>): string[] {
  try {
    planConfig({ version: 1, [section]: { one: entry } });
    return [];
  } catch (error) {
    return (error as LoggingConfigError).describeIssues();
  }
}

const MAIL = { class: 'SMTPHandler', mailhost: 'h', fromaddr: 'a@b.c', toaddrs: ['a@b.c'], subject: 's' };

describe('a check of a configuration refuses', () => {
  it.each([
    ['handlers', { class: 'RelpHandler', address: 'logs:514', timeout: 3e6 }, 'timeout'],
    ['handlers', { class: 'RelpHandler', address: 'logs:514', ackTimeoutMs: 3e9 }, 'ackTimeoutMs'],
    ['handlers', { class: 'SysLogHandler', timeout: 3e6 }, 'timeout'],
    ['handlers', { class: 'SocketHandler', host: 'logs', port: 9020, retryStart: 3e6 }, 'retryStart'],
    ['handlers', { class: 'SocketHandler', host: 'logs', port: 9020, retryMax: 3e6 }, 'retryMax'],
    ['handlers', { ...MAIL, digest: { intervalMs: 3e9 } }, 'digest.intervalMs'],
    ['filters', { class: 'RateLimitFilter', summaryMs: 3e9 }, 'summaryMs'],
  ] as const)('a time for which no timer of Node waits: %s %j', (section, entry, key) => {
    expect(issuesOf(section, entry)).toEqual([
      expect.stringMatching(`${section}.one.${key}: expected <=2147483`),
    ]);
  });

  it('an infinite interval or rate, with which nothing can be computed', () => {
    const file = { class: 'TimedRotatingFileHandler', filename: 'a.log', interval: Number.POSITIVE_INFINITY };
    expect(issuesOf('handlers', file)).toEqual(['handlers.one.interval: expected a finite number']);
    const flood = { class: 'RateLimitFilter', rate: Number.POSITIVE_INFINITY };
    expect(issuesOf('filters', flood)).toEqual(['filters.one.rate: expected a finite number']);
  });

  it.each(['SysLogHandler', 'RelpHandler'])('a port that none can have in the address of %s', (type) => {
    for (const address of ['logs:0', 'logs:65536', '[::1]:99999'])
      expect(issuesOf('handlers', { class: type, address })).toEqual([
        'handlers.one.address: expected a port from 1 to 65535',
      ]);
    expect(issuesOf('handlers', { class: type, address: '[::1]:65535' })).toEqual([]);
  });
});

it('a check of a configuration finds handlers both in this thread and in a worker', () => {
  const config = {
    version: 1,
    handlers: {
      list: { class: 'NullHandler' },
      queue: {
        class: 'QueueHandler',
        handlers: ['list'],
        worker: { handlers: { n: { class: 'NullHandler' } } },
      },
    },
  } as const;
  expect(() => planConfig(config)).toThrow(
    'handlers.queue.worker: the handlers are either in this thread or in',
  );
});

it.each(['class', '()'])('a check of a configuration finds a %s whose import gave nothing', (key) => {
  expect(issuesOf('handlers', { [key]: undefined })).toEqual([
    `handlers.one.${key}: expected a class, a function or a registered name, got undefined; is it imported, and not in a circle?`,
  ]);
});

it('files are polled no less often than a timer of Node allows', async () => {
  const loading = loadLoggingConfig('logging.json', { watch: true, pollMs: Number.POSITIVE_INFINITY });
  await expect(loading).rejects.toThrow('loadLoggingConfig.pollMs: expected <=2147483647');
});

it('a configuration read without the package yaml keeps a key __proto__, which is then refused', () => {
  const hostile = '{"__proto__":{"version":1},"handlers":{"__proto__":{"one":{}}}}';
  const options = { env: {}, quoted: new Set<string>(), issue: () => undefined };
  for (const read of [
    replaceVariables(JSON.parse(hostile), options),
    mergeOverlay({}, JSON.parse(hostile)),
    mergeOverlay(JSON.parse(hostile), { a: 1 }),
  ]) {
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(() => planConfig(read as never)).toThrow('handlers.__proto__: this name is not allowed');
  }
});

it.each(['SIGKILL', 'SIGSTOP'])('a signal of which no process hears is refused: %s', async (signal) => {
  const options = { signal: signal as NodeJS.Signals };
  await expect(loadLoggingConfig('logging.json', options)).rejects.toThrow(
    `loadLoggingConfig.signal: expected a signal that a process can listen to, such as 'SIGHUP', got "${signal}"`,
  );
});
