import { describe, expect, it } from '@jest/globals';
import { findIssues, formatIssue } from '../../lib/core/options.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { RotatingFileHandler } from '../../lib/handlers/file/rotation/rotating-file.handler.js';
import { LokiHandler } from '../../lib/handlers/shipping/http/loki.handler.js';

describe('unknown keys of options', () => {
  it('are all named, beside what else is wrong', () => {
    const options = { filename: 'app.log', maxbytes: 10, interval: 1, ['__proto__']: 2, maxBytes: 'x' };
    expect(findIssues(RotatingFileHandler.optionsSchema, options, 'handlers.file')).toEqual([
      expect.objectContaining({ path: 'handlers.file.maxBytes' }),
      { path: 'handlers.file.maxbytes', message: 'unknown key; did you mean "maxBytes"?' },
      { path: 'handlers.file.interval', message: 'unknown key' },
      { path: 'handlers.file.__proto__', message: 'unknown key' },
    ]);
    expect(() => new RotatingFileHandler(options as never)).toThrow(
      /maxbytes: unknown key.*interval: unknown key/s,
    );
  });

  it('are named within options too', () => {
    const options = { url: 'http://loki:3100', spool: { directory: 'spool', one: 1, two: 2 } };
    expect(findIssues(LokiHandler.optionsSchema, options, '').map(({ path }) => path)).toEqual([
      'spool.one',
      'spool.two',
    ]);
  });

  it('hide nothing that is wrong with the whole', () => {
    const options = { url: 'http://loki:3100', tls: true, one: 1 };
    expect(findIssues(LokiHandler.optionsSchema, options, '').map(formatIssue)).toEqual([
      'one: unknown key',
      'tls: makes sense only with https://',
    ]);
  });

  it('of a derived class are its own, and all others are checked as ever', () => {
    class Own extends JsonFormatter {}
    const two = { rename_fields: { level: 'logger' }, own: 1 };
    expect(() => new Own(two as never)).toThrow('two fields are called "logger"');
    // Options may be an object of a class.
    class Options {
      own = 1;
      get static_fields() {
        return { service: 'shop' };
      }
    }
    const line = new Own(new Options() as never).format(new LogRecord({ msg: 'paid', levelno: 20 }));
    expect(JSON.parse(line)).toMatchObject({ message: 'paid', service: 'shop' });
  });
});

describe('wrong values of options', () => {
  it('hide nothing that is wrong with the whole and does not depend on them', () => {
    const options = { url: 'http://loki:3100', tls: true, labels: 3, batchSize: 0 };
    expect(findIssues(LokiHandler.optionsSchema, options, 'handlers.loki').map(formatIssue)).toEqual([
      expect.stringContaining('handlers.loki.labels: '),
      expect.stringContaining('handlers.loki.batchSize: '),
      'handlers.loki.tls: makes sense only with https://',
    ]);
    // Whether it makes sense is not known without an address.
    const unsure = { url: 3, tls: true };
    expect(findIssues(LokiHandler.optionsSchema, unsure, '').map(({ path }) => path)).toEqual(['url']);
  });
});
