import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { componentNames, findExternal } from '../../lib/config/component-registry.js';
import { LoggingConfigError, planConfig } from '../../lib/config/config-plan.js';
import type { LoggingConfig } from '../../lib/config/logging-config.js';
import { resetLogging } from '../support/reset-logging.js';
import { AIRFLOW, FLASK, GUNICORN, UVICORN } from './fixtures/python-frameworks.js';

beforeEach(resetLogging);
afterAll(resetLogging);

/** What such a project brings itself, and has to bring here too. */
const OF_THE_FRAMEWORK = [
  'airflow.utils.log.timezone_aware.TimezoneAware',
  'airflow.utils.log.colored_log.CustomTTYColoredFormatter',
  'airflow.utils.log.secrets_masker.SecretsMasker',
  'airflow.utils.log.logging_mixin.RedirectStdHandler',
  'airflow.utils.log.file_task_handler.FileTaskHandler',
  'uvicorn.logging.DefaultFormatter',
  'uvicorn.logging.AccessFormatter',
  'flask.logging.wsgi_errors_stream',
  'qualname',
];

describe("the configurations of Python's frameworks", () => {
  it.each(Object.entries({ AIRFLOW, FLASK, GUNICORN, UVICORN }))(
    'are understood but for what the framework brings, and the error names that: %s',
    (_, config) => {
      const faults = faultsOf(config as unknown as LoggingConfig);
      const unexpected = faults.filter((fault) => !OF_THE_FRAMEWORK.some((name) => fault.includes(name)));
      expect(unexpected).toEqual([]);
      for (const name of namesIn(config)) {
        if (!isKnown(name)) expect(faults.join('\n')).toContain(name);
      }
    },
  );
});

function faultsOf(config: LoggingConfig): string[] {
  try {
    planConfig(config);
    return [];
  } catch (error) {
    if (error instanceof LoggingConfigError)
      return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
}

/** The class names in a configuration. */
function namesIn(config: object): string[] {
  const names: string[] = [];
  JSON.stringify(config, (key, value: unknown) => {
    if ((key === 'class' || key === '()') && typeof value === 'string') names.push(value);
    if (typeof value === 'string' && value.startsWith('ext://')) names.push(value.slice('ext://'.length));
    return value;
  });
  return names;
}

function isKnown(name: string): boolean {
  const kinds = ['handler', 'formatter', 'filter'] as const;
  return findExternal(name).found || kinds.some((kind) => componentNames(kind).includes(name));
}
