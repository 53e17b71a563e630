import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { ChildProgram } from '../../support/child-program.js';
import { HttpSink } from '../../support/http-sink.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

/** Logs on and on, and says after each call which one has returned; or sends what is there, and says when it is gone. */
const program = new ChildProgram(`
  import { writeSync } from 'node:fs';
  import { DatadogHandler } from 'lib/handlers/shipping/http/datadog.handler';
  import { ElasticsearchHandler } from 'lib/handlers/shipping/http/elasticsearch.handler';
  import { LokiHandler } from 'lib/handlers/shipping/http/loki.handler';
  import { SplunkHandler } from 'lib/handlers/shipping/http/splunk.handler';
  import { OTLPHandler } from 'lib/handlers/shipping/otlp/otlp.handler';
  import { LogRecord } from 'lib/core/records/log-record';

  const [kind, port, directory, first] = process.argv.slice(2);
  const url = 'http://127.0.0.1:' + port;
  const common = { batchSize: 50, flushIntervalMs: 10, timeoutMs: 1_500, spool: { directory } };
  const handler = {
    OTLPHandler: () => new OTLPHandler({ endpoint: url, compression: 'gzip', ...common }),
    LokiHandler: () => new LokiHandler({ url, ...common }),
    ElasticsearchHandler: () => new ElasticsearchHandler({ url, index: 'logs', ...common }),
    SplunkHandler: () => new SplunkHandler({ url, token: 'token', ...common }),
    DatadogHandler: () => new DatadogHandler({ url, apiKey: 'key', ...common }),
  }[kind]();
  if (first === 'rest') {
    setInterval(() => {
      if (handler.stats.spooled + handler.stats.queued === 0) writeSync(1, 'empty');
    }, 20);
  } else {
    for (let n = Number(first); ; n++) {
      const levelno = n % 9 === 0 ? 40 : 20;
      handler.handle(new LogRecord({ name: 'shop', levelno, levelname: 'INFO', msg: 'number ' + n + ';' }));
      writeSync(1, n + '\\n');
      if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    }
  }
`);

const ROUNDS = 3;

/** A server that often fails, before it has a batch or after, and what it has. */
function unreliable(sink: HttpSink): Set<number> {
  const arrived = new Set<number>();
  sink.answer = ({ body, url }) => {
    const fate = Math.random();
    if (fate < 0.1) return 'drop';
    if (fate < 0.15) return 503;
    for (const [, number] of body.matchAll(/number (\d+);/g)) arrived.add(Number(number));
    if (fate < 0.25) return 'drop';
    if (!url.endsWith('_bulk')) return { status: url.startsWith('/loki') ? 204 : 200, body: '' };
    const items = body.match(/"create"/g)?.map(() => ({ create: { status: 201 } }));
    return { status: 200, body: JSON.stringify({ errors: false, items }) };
  };
  return arrived;
}

describe('a process that is killed at any moment, over and over, with a server that fails', () => {
  const folder = useTemporaryFolder();

  function started(...args: string[]) {
    const [node, ...before] = program.command;
    return spawn(node, [...before, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  }

  it.each([...['OTLPHandler', 'LokiHandler', 'ElasticsearchHandler', 'SplunkHandler', 'DatadogHandler']])(
    '%s: each record whose log call returned arrives',
    async (kind) => {
      const sink = await new HttpSink().listen();
      const arrived = unreliable(sink);
      const logged: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        // One may have been logged that could not be said any more.
        const child = started(kind, String(sink.port), folder.path, String((logged.at(-1) ?? -2) + 2));
        let printed = '';
        child.stdout.on('data', (chunk: Buffer) => {
          printed += chunk;
        });
        await once(child.stdout, 'data');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
        child.kill('SIGKILL');
        await once(child, 'close');
        logged.push(...printed.split('\n').slice(0, -1).map(Number));
      }
      const last = started(kind, String(sink.port), folder.path, 'rest');
      await once(last.stdout, 'data');
      last.kill('SIGKILL');
      await once(last, 'close');
      await sink.close();
      expect(logged.length).toBeGreaterThanOrEqual(ROUNDS);
      expect(logged.filter((n) => !arrived.has(n))).toEqual([]);
    },
    120_000,
  );
});
