import { describe, expect, it } from '@jest/globals';
import { EndlessLogging, NUMBER } from '../../support/endless-logging.js';
import { HttpSink } from '../../support/http-sink.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const logging = new EndlessLogging(
  `
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
    };`,
  `makers[args[0]]('http://127.0.0.1:' + args[1], options)`,
);

const ROUNDS = 3;

/** A server that often fails, before it has a batch or after, and what it has. */
function unreliable(sink: HttpSink): Set<number> {
  const arrived = new Set<number>();
  sink.answer = ({ body, url }) => {
    const fate = Math.random();
    if (fate < 0.1) return 'drop';
    if (fate < 0.15) return 503;
    for (const [, number] of body.matchAll(NUMBER)) arrived.add(Number(number));
    if (fate < 0.25) return 'drop';
    if (!url.endsWith('_bulk')) return { status: url.startsWith('/loki') ? 204 : 200, body: '' };
    const items = body.match(/"create"/g)?.map(() => ({ create: { status: 201 } }));
    return { status: 200, body: JSON.stringify({ errors: false, items }) };
  };
  return arrived;
}

describe('a process that is killed at any moment, over and over, with a server that fails', () => {
  const folder = useTemporaryFolder();

  it.each([...['OTLPHandler', 'LokiHandler', 'ElasticsearchHandler', 'SplunkHandler', 'DatadogHandler']])(
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
