import { describe, expect, it } from '@jest/globals';
import { EndlessLogging, NUMBER } from '../../support/endless-logging.js';
import { GelfServer } from '../../support/gelf-server.js';
import { HttpSink } from '../../support/http-sink.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const logging = new EndlessLogging(
  `
    import { GELFHandler } from 'lib/handlers/shipping/gelf/gelf.handler';
    import { DatadogHandler } from 'lib/handlers/shipping/http/datadog.handler';
    import { ElasticsearchHandler } from 'lib/handlers/shipping/http/elasticsearch.handler';
    import { LokiHandler } from 'lib/handlers/shipping/http/loki.handler';
    import { SplunkHandler } from 'lib/handlers/shipping/http/splunk.handler';
    import { OTLPHandler } from 'lib/handlers/shipping/otlp/otlp.handler';

    const makers = {
      OTLPHandler: (url, common) => new OTLPHandler({ endpoint: url, compression: 'gzip', ...common }),
      LokiHandler: (url, common) => new LokiHandler({ url, ...common }),
      ElasticsearchHandler: (url, common) => new ElasticsearchHandler({ url, index: 'logs', ...common }),
      SplunkHandler: (url, common) => new SplunkHandler({ url, token: 'token', ...common }),
      DatadogHandler: (url, common) => new DatadogHandler({ url, apiKey: 'key', ...common }),
      GELFHandler: (url, common) => gelf('http', url, common),
      GELFHandlerOverTcp: (url, common) => gelf('tcp', url, common),
    };
    const gelf = (protocol, url, common) =>
      new GELFHandler({ host: '127.0.0.1', port: Number(new URL(url).port), protocol, ...common });`,
  `makers[args[0]]('http://127.0.0.1:' + args[1], options)`,
);

const ROUNDS = 3;
/** What a delivery is answered with, where that is not 200. */
const STATUSES: Readonly<Record<string, number>> = { '/loki/api/v1/push': 204, '/gelf': 202 };

/** A server that often fails, before it has a batch or after, and what it has. */
function unreliable(sink: HttpSink): Set<number> {
  const arrived = new Set<number>();
  sink.answer = ({ body, url }) => {
    const fate = Math.random();
    if (fate < 0.1) return 'drop';
    if (fate < 0.15) return 503;
    for (const [, number] of body.matchAll(NUMBER)) arrived.add(Number(number));
    if (fate < 0.25) return 'drop';
    if (!url.endsWith('_bulk')) return { status: STATUSES[url] ?? 200, body: '' };
    const items = body.match(/"create"/g)?.map(() => ({ create: { status: 201 } }));
    return { status: 200, body: JSON.stringify({ errors: false, items }) };
  };
  return arrived;
}

describe('a process that is killed at any moment, over and over, with a server that fails', () => {
  const folder = useTemporaryFolder();

  it.each([
    ...['OTLPHandler', 'LokiHandler', 'ElasticsearchHandler', 'SplunkHandler', 'DatadogHandler'],
    'GELFHandler',
  ])(
    '%s: each record whose log call returned arrives',
    async (kind) => {
      const sink = await new HttpSink().listen();
      const arrived = unreliable(sink);
      const args = [kind, String(sink.port)];
      const logged = await logging.logUntilKilled(folder.path, args, { rounds: ROUNDS, upToMs: 400 });
      await logging.sendRest(folder.path, args);
      await sink.close();
      expect(logged.length).toBeGreaterThanOrEqual(ROUNDS);
      expect(logged.filter((n) => !arrived.has(n))).toEqual([]);
    },
    120_000,
  );
});

describe('a process that sends GELF over TCP, which has no answer, and is killed over and over', () => {
  const folder = useTemporaryFolder();
  const numbersIn = ({ messages }: GelfServer) =>
    new Set(messages.map(({ short_message }) => Number(/\d+/.exec(String(short_message)))));

  it('loses nothing while the server stays', async () => {
    const server = await new GelfServer('tcp').start();
    const args = ['GELFHandlerOverTcp', String(server.port)];
    const logged = await logging.logUntilKilled(folder.path, args, { rounds: ROUNDS, upToMs: 400 });
    await logging.sendRest(folder.path, args);
    await server.stop();
    const arrived = numbersIn(server);
    expect(logged.length).toBeGreaterThanOrEqual(ROUNDS);
    expect(logged.filter((n) => !arrived.has(n))).toEqual([]);
  }, 120_000);
});
