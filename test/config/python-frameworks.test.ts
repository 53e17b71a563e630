import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ActiveConfig, dictConfig } from '../../lib/config/apply/dict-configurator.js';
import { LoggingConfigError, planConfig } from '../../lib/config/plan/config-plan.js';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { resetLogging } from '../support/reset-logging.js';
import { AIRFLOW, CELERY, FLASK, GUNICORN, UVICORN } from './fixtures/python-frameworks.js';

let active: ActiveConfig | undefined;
beforeEach(resetLogging);
afterEach(async () => {
  await active?.close();
  active = undefined;
});
afterAll(resetLogging);

/** What a program writes to the standard streams under a configuration. */
function written(config: object, run: () => void): { out: string; err: string } {
  const chunks = { out: '', err: '' };
  const capture = (stream: NodeJS.WriteStream, key: 'out' | 'err') =>
    Object.defineProperty(stream, 'write', {
      configurable: true,
      value: (text: string) => {
        chunks[key] += text;
        return true;
      },
    });
  capture(process.stdout, 'out');
  capture(process.stderr, 'err');
  try {
    active = dictConfig(config as LoggingConfig);
    run();
    return chunks;
  } finally {
    Reflect.deleteProperty(process.stdout, 'write');
    Reflect.deleteProperty(process.stderr, 'write');
  }
}

describe("the configurations of Python's frameworks", () => {
  it.each(Object.entries({ AIRFLOW, CELERY, FLASK, GUNICORN, UVICORN }))(
    'are understood as they are: %s',
    (_, config) => {
      expect(() => planConfig(config as unknown as LoggingConfig)).not.toThrow();
    },
  );

  it("write uvicorn's lines", () => {
    const { out, err } = written(UVICORN, () => {
      getLogger('uvicorn.error').warning('Started server process [%d]', 7);
      getLogger('uvicorn.access').info(
        '%s - "%s %s HTTP/%s" %d',
        '127.0.0.1:5000',
        'GET',
        '/a?b=\x1b[31m',
        '1.1',
        404,
      );
      getLogger('uvicorn.access').info('other');
    });
    expect(err).toBe('WARNING:  Started server process [7]\n');
    expect(out).toBe(
      'INFO:     127.0.0.1:5000 - "GET /a?b=\\x1b[31m HTTP/1.1" 404 Not Found\nINFO:      - "other" \n',
    );
  });

  it("write Celery's lines", () => {
    const { err } = written(CELERY, () => {
      getLogger('celery.task').info('done', { extra: { task_name: 'shop.pay', task_id: '4f1c' } });
      getLogger('celery.task').error('outside');
    });
    expect(err.replaceAll(/\[\d{4}-[^/\n]*\//g, '[')).toBe(
      '[MainProcess] shop.pay[4f1c]: done\n[MainProcess] ???[???]: outside\n',
    );
  });

  it("write Airflow's lines, without secrets and, off a terminal, without colours", () => {
    const { out } = written(AIRFLOW, () => {
      getLogger('airflow.models').info('connected with password=%s', 'hunter2');
      getLogger('airflow.task').info('propagated');
    });
    const [first, second] = out.split('\n');
    expect(first).toMatch(
      /^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[-+]\d{4}\] \{python-frameworks\.test\.ts:\d+\} INFO - connected with password=\S+$/,
    );
    expect(out).not.toContain('hunter2');
    expect(out).not.toContain('\x1b');
    expect(second).toMatch(/ INFO - propagated$/);
  });

  it("write Flask's lines to standard error", () => {
    const { err } = written(FLASK, () => getLogger('app').info('hello'));
    expect(err).toMatch(/ INFO in python-frameworks\.test: hello\n$/);
  });

  it("write gunicorn's lines", () => {
    const { out, err } = written(GUNICORN, () => getLogger('gunicorn.error').info('Listening'));
    for (const text of [out, err]) expect(text).toMatch(/^\[\d.*\] \[\d+\] \[INFO\] Listening\n$/);
  });

  it('are refused where the qualname of a logger is not its key', () => {
    const config = { version: 1, loggers: { a: { qualname: 'b' } } } as unknown as LoggingConfig;
    expect(() => planConfig(config)).toThrow(LoggingConfigError);
    expect(() => planConfig(config)).toThrow(/loggers\.a\.qualname: a logger is named by its key, here "a"/);
  });
});
