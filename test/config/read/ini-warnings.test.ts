import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileConfig } from '../../../lib/config/apply/file-config.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { isolateLogging, type LoggingIsolation } from '../../../lib/testing/logging-isolation.js';
import { captureStderr } from '../../support/stderr-capture.js';

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());

const ini = (root: string) => `[loggers]
keys=root
[handlers]
keys=none
[formatters]
keys=
[logger_root]
${root}
handlers=none
[handler_none]
class=NullHandler
`;

describe('an INI file', () => {
  it('is applied with a line on standard error for each key that nothing reads, since Python passes over it', () => {
    const { text } = captureStderr(() => fileConfig(ini('levle=DEBUG')));
    expect(text).toBe(
      'nestjs-logging: <text>:8:1: root: levle: this key does nothing; did you mean "level"?\n',
    );
    expect(getLogger().handlers).toHaveLength(1);
  });

  it('warns of validate on a formatter, which only a dictionary can have', () => {
    const text = `${ini('level=DEBUG').replace('keys=\n', 'keys=plain\n')}[formatter_plain]\nvalidate=False\n`;
    expect(captureStderr(() => fileConfig(text)).text).toBe(
      'nestjs-logging: <text>:13:1: formatters.plain: validate: this key does nothing; known: "class", "format", "datefmt", "style", "defaults"\n',
    );
  });

  it.each(['level=DEBUG', 'level=DEBUG\nqualname=root', 'level=%(wanted)s\nwanted=DEBUG'])(
    'is applied without a word where all is read: %s',
    (root) => {
      expect(captureStderr(() => fileConfig(ini(root))).text).toBe('');
      expect(getLogger().level).toBe(10);
    },
  );
});
