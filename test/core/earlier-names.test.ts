import { describe, expect, it } from '@jest/globals';
import { checkOptions, findIssues } from '../../lib/core/options.js';
import { FileHandler, type FileHandlerOptions } from '../../lib/core.js';
import { HTTPHandler, RelpHandler } from '../../lib/handlers.js';

const schemaOf = (type: object) =>
  (type as { optionsSchema: Parameters<typeof checkOptions>[1] }).optionsSchema;
const [file, relp, http] = [FileHandler, RelpHandler, HTTPHandler].map(schemaOf) as [
  ReturnType<typeof schemaOf>,
  ReturnType<typeof schemaOf>,
  ReturnType<typeof schemaOf>,
];
const relpOptions = { address: 'logs:2514' };
const httpOptions = { host: 'logs', url: '/' };

describe('what an option was called before its name ended in its unit', () => {
  it('is still accepted', () => {
    expect(checkOptions('FileHandler', file, { filename: 'app.log', flushInterval: 20 })).toMatchObject({
      flushIntervalMs: 20,
    });
    expect(checkOptions('RelpHandler', relp, { ...relpOptions, ackTimeout: 0.5 })).toMatchObject({
      ackTimeoutMs: 500,
    });
    const spool = { directory: 'spool', fsyncInterval: 50, flushInterval: 30 };
    expect(checkOptions('HTTPHandler', http, { ...httpOptions, spool })).toMatchObject({
      spool: { fsyncIntervalMs: 50, flushIntervalMs: 30 },
    });
  });

  it('is checked as the present one is', () => {
    expect(findIssues(file, { filename: 'app.log', flushInterval: 0 }, 'handlers.file')).toMatchObject([
      { path: 'handlers.file.flushIntervalMs' },
    ]);
  });

  it('is an unknown key beside it, and where there is no such option', () => {
    const both = { filename: 'app.log', flushInterval: 20, flushIntervalMs: 30 };
    expect(findIssues(file, both, '')).toEqual([
      { path: 'flushInterval', message: 'unknown key; did you mean "flushIntervalMs"?' },
    ]);
    expect(findIssues(file, { filename: 'app.log', ackTimeout: 1 }, '')).toMatchObject([
      { path: 'ackTimeout' },
    ]);
  });

  it('changes nothing that was given', () => {
    const spool = Object.freeze({ directory: 'spool', fsyncInterval: 50 });
    const options = Object.freeze({ ...httpOptions, spool });
    checkOptions('HTTPHandler', http, options);
    expect(Object.keys(options.spool)).toEqual(['directory', 'fsyncInterval']);
  });

  it('works in a constructor', async () => {
    const options = { filename: '/dev/null', bufferSize: 10, flushInterval: 20 } as FileHandlerOptions;
    const handler = new FileHandler(options);
    await handler.close();
  });
});
