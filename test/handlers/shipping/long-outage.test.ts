import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Handler } from '../../../lib/core/handler.js';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { HTTPHandler } from '../../../lib/handlers/http/http.handler.js';
import { DatadogHandler } from '../../../lib/handlers/shipping/http/datadog.handler.js';
import { ElasticsearchHandler } from '../../../lib/handlers/shipping/http/elasticsearch.handler.js';
import { LokiHandler } from '../../../lib/handlers/shipping/http/loki.handler.js';
import { SplunkHandler } from '../../../lib/handlers/shipping/http/splunk.handler.js';
import { OTLPHandler } from '../../../lib/handlers/shipping/otlp/otlp.handler.js';
import type { ShippingHandler } from '../../../lib/handlers/shipping/shipping-handler.js';
import { HttpSink, type Reply } from '../../support/http-sink.js';
import { collectStderr } from '../../support/stderr-collector.js';

type Shipping = Handler & Pick<ShippingHandler, 'stats' | 'health'>;
type Outage = 'refuses connections' | 'answers 503' | 'never answers';

const SECONDS = 3_600;
const PER_SECOND = 5;
const MAX_BYTES = 1_048_576;
/** An hour of them is 36 MB. */
const FILLING = 'x'.repeat(2_000);
const bounds = { maxBytes: MAX_BYTES, maxRecords: 1_000, overflow: 'dropOldest' } as const;

interface Destination {
  readonly name: string;
  readonly outage: Outage;
  /** What the server answers when it is back. */
  readonly reply: Reply;
  make(host: string): Shipping;
}

const destinations: readonly Destination[] = [
  {
    ...{ name: 'OTLPHandler', outage: 'answers 503', reply: 200 },
    make: (host) => new OTLPHandler({ ...bounds, endpoint: `http://${host}` }),
  },
  {
    ...{ name: 'LokiHandler', outage: 'refuses connections', reply: 204 },
    make: (host) => new LokiHandler({ ...bounds, url: `http://${host}` }),
  },
  {
    ...{ name: 'ElasticsearchHandler', outage: 'never answers' },
    reply: { status: 200, body: '{"errors":false,"items":[]}' },
    make: (host) => new ElasticsearchHandler({ ...bounds, url: `http://${host}`, index: 'logs' }),
  },
  {
    ...{ name: 'SplunkHandler', outage: 'answers 503', reply: 200 },
    make: (host) => new SplunkHandler({ ...bounds, url: `http://${host}`, token: 'a-token' }),
  },
  {
    ...{ name: 'DatadogHandler', outage: 'refuses connections', reply: 202 },
    make: (host) => new DatadogHandler({ ...bounds, url: `http://${host}`, apiKey: 'a-key' }),
  },
  {
    ...{ name: 'HTTPHandler', outage: 'never answers', reply: 200 },
    make: (host) => new HTTPHandler({ ...bounds, host, url: '/logs', method: 'POST' }),
  },
];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

/** Lets what the network has ready happen; its time is real. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets time pass, one fake second after the other, until something holds. */
async function passUntil(what: string, holds: () => boolean): Promise<void> {
  for (let second = 0; second < 3_000; second++) {
    if (holds()) return;
    jest.advanceTimersByTime(1_000);
    await turns(50);
  }
  throw new Error(`It never came to pass: ${what}`);
}

describe('an hour of outage', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each(destinations)(
    '$name outlives a server that $outage',
    async ({ outage, reply, make }) => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask'] });
      const stderr = collectStderr();
      let sink = await new HttpSink().listen();
      const { host, port } = sink;
      let attempts = 0;
      if (outage === 'refuses connections') await sink.close();
      sink.answer = () => {
        attempts += 1;
        sink.requests.length = 0;
        return outage === 'answers 503' ? 503 : 'hang';
      };
      const handler = make(host);
      const log = (n: number) =>
        handler.handle(
          new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: `number ${n}; ${FILLING}` }),
        );
      let logged = 0;
      let heapWhenFull = 0;
      let [uncounted, mostQueued, mostBytes] = [0, 0, 0];
      for (let second = 0; second < SECONDS; second++) {
        for (let n = 0; n < PER_SECOND; n++) log(logged++);
        jest.advanceTimersByTime(1_000);
        await turns(5);
        const { emitted, delivered, dropped, queued, queuedBytes } = handler.stats;
        uncounted = Math.max(uncounted, Math.abs(emitted - queued - dropped), delivered);
        [mostQueued, mostBytes] = [Math.max(mostQueued, queued), Math.max(mostBytes, queuedBytes)];
        if (second === 200) heapWhenFull = heapInUse();
      }
      expect(handler.stats.emitted).toBe(SECONDS * PER_SECOND);
      expect(uncounted).toBe(0);
      expect(mostQueued).toBeLessThanOrEqual(bounds.maxRecords);
      expect(mostBytes).toBeLessThanOrEqual(MAX_BYTES);
      expect(mostBytes).toBeGreaterThan(MAX_BYTES / 2);
      // The queue has long been full: what is more than that, once the network has let go of what was cut off, is a leak.
      const bound = heapWhenFull + 12 * 1024 * 1024;
      for (let tries = 0; tries < 100 && heapInUse() >= bound; tries++) await turns(100);
      expect(heapInUse()).toBeLessThan(bound);
      expect(handler.health.isHealthy).toBe(false);
      expect(Date.now() - (handler.health.failingSince ?? 0)).toBeGreaterThan((SECONDS - 60) * 1_000);
      // It neither gives up nor storms, and says so every ten seconds at most.
      if (outage !== 'refuses connections') {
        expect(attempts).toBeGreaterThan(SECONDS / 60);
        expect(attempts).toBeLessThan(SECONDS);
      }
      const reports = stderr.text.match(/^--- Logging error ---/gm) ?? [];
      expect(reports.length).toBeGreaterThan(10);
      expect(reports.length).toBeLessThanOrEqual(2 * (SECONDS / 10 + 1));

      const waiting = handler.stats.queued;
      const arrived: number[] = [];
      const answer: HttpSink['answer'] = ({ body }) => {
        const text = body.includes('%3B') ? decodeURIComponent(body) : body;
        for (const [, n] of text.matchAll(/number[ +](\d+);/g)) arrived.push(Number(n));
        return reply;
      };
      if (outage === 'refuses connections') sink = await new HttpSink().listen(port);
      sink.answer = answer;
      await passUntil('all that waited is delivered', () => handler.stats.queued === 0);
      log(logged++);
      await passUntil('what comes later is delivered', () => handler.stats.queued === 0);
      jest.useRealTimers();
      await handler.close();
      stderr.stop();
      await sink.close();
      expect(handler.health.isHealthy).toBe(true);
      expect(handler.stats).toMatchObject({ emitted: logged, delivered: waiting + 1, queued: 0 });
      const numbers = [...new Set(arrived)];
      expect(numbers.length).toBe(waiting + 1);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      // The newest were kept.
      expect(numbers.at(-1)).toBe(logged - 1);
      expect(numbers.at(-2)).toBe(logged - 2);
    },
    300_000,
  );
});
