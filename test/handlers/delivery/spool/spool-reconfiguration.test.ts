import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dictConfig } from '../../../../lib/config/apply/dict-configurator.js';
import { getHandlerByName } from '../../../../lib/core/handler.js';
import { getLogger } from '../../../../lib/core/loggers/manager.js';
import { shutdown } from '../../../../lib/core/shutdown.js';
import type { HTTPHandler } from '../../../../lib/handlers/http/http.handler.js';
import { HttpSink } from '../../../support/http-sink.js';
import { collectStderr } from '../../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const folder = useTemporaryFolder();
let stderr: ReturnType<typeof collectStderr>;
let sink: HttpSink;
beforeEach(async () => {
  stderr = collectStderr();
  sink = await new HttpSink().listen();
});
afterEach(async () => {
  await shutdown();
  await sink.close();
  stderr.stop();
});

function configure(more: object = {}, handlers: object = {}): HTTPHandler {
  dictConfig({
    version: 1,
    disable_existing_loggers: false,
    handlers: {
      http: {
        class: 'logging.handlers.HTTPHandler',
        ...{
          host: sink.host,
          url: '/',
          format: 'json',
          flushIntervalMs: 5,
          spool: { directory: folder.path },
        },
        ...more,
      },
      ...handlers,
    },
    root: { level: 'INFO', handlers: ['http', ...Object.keys(handlers)] },
  } as never);
  return getHandlerByName('http') as HTTPHandler;
}

const messages = () =>
  sink.requests
    .filter(({ url }) => url === '/')
    .flatMap(({ body }) => (JSON.parse(body) as { message: string }[]).map(({ message }) => message));

describe('a configuration with a spool', () => {
  it('hands the spool over to the handler of the next one, with all that is in it', async () => {
    sink.answer = () => 503;
    const first = configure();
    const texts = Array.from({ length: 50 }, (_, index) => `record ${index}`);
    for (const text of texts) getLogger('shop').info(text);
    await first.flush();
    expect(first.stats).toMatchObject({ emitted: 50, spooled: 50 });
    sink.answer = () => 200;
    sink.requests.length = 0;
    const second = configure();
    expect(second).not.toBe(first);
    getLogger('shop').info('the next');
    await second.flush();
    await first.close();
    await second.close();
    for (const { stats } of [first, second]) {
      const { emitted, delivered, dropped, queued, spooled } = stats;
      expect(delivered + dropped + queued + spooled).toBe(emitted);
      expect([queued, dropped]).toEqual([0, 0]);
    }
    expect(new Set(messages())).toEqual(new Set([...texts, 'the next']));
    expect(second.stats.spooled).toBe(0);
  }, 20_000);

  it('leaves the spool to the handler that has it if it is refused', async () => {
    const first = configure();
    expect(() => configure({ host: 'not a host' })).toThrow();
    expect(() => configure({}, { other: { class: 'NoSuchHandler' } })).toThrow();
    getLogger('shop').info('still here');
    await first.flush();
    expect(messages()).toEqual(['still here']);
  });

  it('is refused if two of its handlers want one spool, and leaves none locked', async () => {
    const same = {
      class: 'logging.handlers.HTTPHandler',
      ...{ host: sink.host, url: '/', format: 'json', spool: { directory: folder.path } },
    };
    expect(() => configure({}, { other: same })).toThrow(/in use by another handler/);
    const handler = configure();
    getLogger('shop').info('well');
    await handler.flush();
    expect(messages()).toEqual(['well']);
  });
});
