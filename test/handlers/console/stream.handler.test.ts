import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { StreamHandler } from '../../../lib/handlers/console/stream.handler.js';
import { captureStderr } from '../../support/stderr-capture.js';
import { collectStderr } from '../../support/stderr-collector.js';

class Texts {
  readonly texts: string[] = [];
  flushes = 0;
  write(text: string): void {
    this.texts.push(text);
  }
  flush(): void {
    this.flushes += 1;
  }
}

const record = (msg: string, levelno = 20) => new LogRecord({ msg, levelno });

describe('StreamHandler', () => {
  it('writes each record and a newline as one text, and flushes the stream', () => {
    const stream = new Texts();
    const handler = new StreamHandler({ stream, formatter: new Formatter({ format: '<%(message)s>' }) });
    handler.handle(record('one'));
    handler.handle(record('two'));
    expect(stream.texts).toEqual(['<one>\n', '<two>\n']);
    expect(stream.flushes).toBe(2);
    expect(handler.stats).toEqual({ emitted: 2, delivered: 2, queued: 0, dropped: 0 });
  });

  it('ends records with its terminator', () => {
    const stream = new Texts();
    const handler = new StreamHandler({ stream });
    handler.terminator = '\r\n';
    handler.handle(record('one'));
    expect(stream.texts).toEqual(['one\r\n']);
  });

  it('writes to standard error by default, and to a standard stream by its name', () => {
    expect(new StreamHandler().stream).toBe(process.stderr);
    expect(new StreamHandler({ stream: null }).stream).toBe(process.stderr);
    expect(new StreamHandler({ stream: 'ext://sys.stderr' }).stream).toBe(process.stderr);
    expect(new StreamHandler({ stream: 'stdout' }).stream).toBe(process.stdout);
    expect(new StreamHandler({ stream: 'ext://sys.stdout' }).stream).toBe(process.stdout);
  });

  it('asks Node for no standard output where it writes to standard error', () => {
    const descriptor = Object.getOwnPropertyDescriptor(process, 'stdout') as PropertyDescriptor;
    const { stdout } = process;
    let asked = 0;
    Object.defineProperty(process, 'stdout', {
      configurable: true,
      get: () => {
        asked += 1;
        return stdout;
      },
    });
    try {
      expect(new StreamHandler().stream).toBe(process.stderr);
      expect(new StreamHandler({ stream: 'stderr' }).stream).toBe(process.stderr);
      expect(asked).toBe(0);
      expect(new StreamHandler({ stream: 'stdout' }).stream).toBe(stdout);
      expect(asked).toBeGreaterThan(0);
    } finally {
      Object.defineProperty(process, 'stdout', descriptor);
    }
  });

  it("goes through somebody's own write on a standard stream", () => {
    const { text } = captureStderr(() => new StreamHandler().handle(record('captured')));
    expect(text).toBe('captured\n');
  });

  it('hands over from one stream to another', () => {
    const [first, second] = [new Texts(), new Texts()];
    const handler = new StreamHandler({ stream: first });
    expect(handler.setStream(first)).toBeNull();
    expect(handler.setStream(second)).toBe(first);
    handler.handle(record('one'));
    expect(first.texts).toEqual([]);
    expect(second.texts).toEqual(['one\n']);
    expect(handler.stream).toBe(second);
  });

  it('reports what the stream throws, and goes on', () => {
    let fails = true;
    const texts: string[] = [];
    const stream = {
      write(text: string) {
        if (fails) throw new Error('stream is broken');
        texts.push(text);
      },
    };
    const handler = new StreamHandler({ stream });
    const { text } = captureStderr(() => handler.handle(record('one')));
    expect(text).toContain('--- Logging error ---');
    expect(text).toContain('stream is broken');
    fails = false;
    handler.handle(record('two'));
    expect(texts).toEqual(['two\n']);
    expect(handler.stats).toEqual({ emitted: 2, delivered: 1, queued: 0, dropped: 1 });
  });

  it('survives an error event and a rejected promise of the stream', async () => {
    const collected = collectStderr();
    try {
      const stream = new Writable({
        write: (_chunk, _encoding, done) => done(new Error('event of the stream')),
      });
      new StreamHandler({ stream }).handle(record('one'));
      const promising = { write: () => Promise.reject(new Error('promise of the stream')) };
      new StreamHandler({ stream: promising }).handle(record('two'));
      await new Promise((resolve) => setTimeout(resolve, 10));
    } finally {
      collected.stop();
    }
    expect(collected.text).toContain('event of the stream');
    expect(collected.text).toContain('promise of the stream');
  });

  it('listens for the errors of a stream once, whoever writes to it, and no more when all are closed', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => setTimeout(done, 5) });
    const before = stream.listenerCount('error');
    const handlers = Array.from({ length: 30 }, () => new StreamHandler({ stream }));
    for (const handler of handlers) handler.handle(record('one'));
    expect(stream.listenerCount('error')).toBe(before + 1);
    for (const handler of handlers) await handler.close();
    expect(stream.listenerCount('error')).toBe(before);
  });

  it('goes on listening until a stream that is let go of has taken all, or failed', async () => {
    const collected = collectStderr();
    const stream = new Writable({
      write: (_chunk, _encoding, done) => setTimeout(done, 5, new Error('late failure')),
    });
    const handler = new StreamHandler({ stream });
    handler.handle(record('one'));
    await handler.close();
    expect(collected.stop()).toContain('late failure');
    expect(stream.listenerCount('error')).toBe(0);
    const other = new Writable({ write: (_chunk, _encoding, done) => done() });
    const moved = new StreamHandler({ stream: other });
    moved.setStream({ write: () => undefined });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(other.listenerCount('error')).toBe(0);
  });

  it('listens again if a record comes after it was closed', async () => {
    const collected = collectStderr();
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('after the end')) });
    const handler = new StreamHandler({ stream });
    await handler.close();
    handler.handle(record('late'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(collected.stop()).toContain('after the end');
  });

  it('drops and counts records for a Node stream that takes nothing, rather than filling memory', () => {
    const stream = new Writable({ write: () => {}, decodeStrings: false });
    const handler = new StreamHandler({ stream });
    const long = record('x'.repeat(50_000));
    captureStderr(() => {
      for (let count = 0; count < 500; count++) handler.handle(long);
    });
    expect(handler.stats.dropped).toBeGreaterThan(100);
    expect(handler.stats.emitted).toBe(500);
    expect(stream.writableLength).toBeLessThan(20 * 1024 * 1024);
  });

  it('flush resolves when a Node stream has taken everything', async () => {
    const taken: string[] = [];
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        setTimeout(() => {
          taken.push(chunk);
          done();
        }, 5);
      },
    });
    const handler = new StreamHandler({ stream });
    handler.handle(record('one'));
    handler.handle(record('two'));
    await handler.close();
    expect(taken.filter((text) => text !== '')).toEqual(['one\n', 'two\n']);
  });

  it('refuses what is no stream, and keys it does not have', () => {
    expect(() => new StreamHandler({ stream: 'stdin' as 'stdout' })).toThrow(/stream: expected a stream/);
    expect(() => new StreamHandler({ stream: {} as Texts })).toThrow(/stream: expected a stream/);
    expect(() => new StreamHandler({ strem: process.stdout } as object)).toThrow('did you mean "stream"?');
  });
});
