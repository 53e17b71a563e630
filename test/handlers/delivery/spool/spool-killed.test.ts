import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HTTPHandler } from '../../../../lib/handlers/http/http.handler.js';
import { ChildProgram, ended } from '../../../support/child-program.js';
import { HttpSink } from '../../../support/http-sink.js';
import { collectStderr } from '../../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const folder = useTemporaryFolder();
let stderr: ReturnType<typeof collectStderr>;
beforeEach(() => {
  stderr = collectStderr();
});
afterEach(() => {
  stderr.stop();
});

const RUNS = 25;

/** Logs until it is killed, and notes apart how far it came: what is noted was promised. */
const program = new ChildProgram(`
  import { openSync, writeSync } from 'node:fs';
  import { HTTPHandler } from 'lib/handlers/http/http.handler';
  import { LogRecord } from 'lib/core/records/log-record';
  const [directory, host, run, counters] = process.argv.slice(2);
  const options = { host, url: '/', format: 'json', batchSize: 20, flushIntervalMs: 5 };
  const handler = new HTTPHandler({ ...options, spool: { directory, maxBytes: 60_000_000 } });
  const note = openSync(counters, 'w');
  for (let index = 0; ; index++) {
    const msg = run + ' ' + index + ' ' + 'x'.repeat(index % 400);
    handler.handle(new LogRecord({ msg, levelno: 10 + 10 * (index % 4) }));
    writeSync(note, String(index).padStart(9), 0);
    if (index % 25 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
`);

describe('a process with a spool that is killed at any moment', () => {
  it('loses no record, and what comes twice has the same id', async () => {
    const sink = await new HttpSink().listen();
    // Now and then away, now and then it takes a batch and forgets to say so.
    let requests = 0;
    sink.answer = () => {
      requests += 1;
      return requests % 7 === 0 ? 503 : requests % 5 === 0 ? 'drop' : 200;
    };
    const promised: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const counters = `counters.${run}`;
      const args = [folder.file('spool'), sink.host, String(run), folder.file(counters)];
      const child = program.start(args, { stdio: 'ignore' });
      while (!folder.names().includes(counters)) await sleep(5);
      setTimeout(() => child.kill('SIGKILL'), 5 + Math.random() * 250);
      expect(await ended(child)).toBe('SIGKILL');
      promised.push(Number(folder.read(counters) || -1));
    }
    sink.answer = () => 200;
    const handler = new HTTPHandler({
      ...{ host: sink.host, url: '/', format: 'json', batchSize: 500 },
      spool: { directory: folder.file('spool') },
    });
    for (let tries = 0; tries < 10 && handler.stats.spooled > 0; tries++) await handler.flush();
    await handler.close();
    expect(handler.stats).toMatchObject({ spooled: 0, dropped: 0, delivered: handler.stats.emitted });
    const byId = new Map<string, string>();
    let arrivals = 0;
    for (const { body, headers } of sink.requests) {
      const ids = expandIds(String(headers['log-record-ids']));
      for (const [index, { message }] of (JSON.parse(body) as { message: string }[]).entries()) {
        const id = ids[index] ?? '';
        arrivals += 1;
        expect(byId.get(id) ?? message).toBe(message);
        byId.set(id, message);
      }
    }
    const messages = [...byId.values()];
    // By their ids, each exactly once.
    expect(new Set(messages).size).toBe(messages.length);
    const seen = new Set(messages.map((message) => message.split(' ', 2).join(' ')));
    const all = promised.flatMap((last, run) =>
      Array.from({ length: last + 1 }, (_, index) => `${run} ${index}`),
    );
    expect(all.filter((key) => !seen.has(key))).toEqual([]);
    console.info(
      `${all.length} records promised in ${RUNS} runs: 0 lost, ${arrivals - byId.size} came twice`,
    );
    await sink.close();
  }, 120_000);
});

function expandIds(header: string): string[] {
  return header.split(',').flatMap((range) => {
    const [, identity, first, last] = /^([0-9a-f]+)-(\d+)(?::(\d+))?$/.exec(range) ?? [];
    const count = Number(last ?? first) - Number(first) + 1;
    return Array.from({ length: count }, (_, index) => `${identity}-${Number(first) + index}`);
  });
}
