import { afterEach, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { JsonFormatter, LogRecord, planConfig } from '../../../lib/core.js';
import {
  delivered,
  type HttpAnswer,
  type HttpShipment,
  HttpShippingHandler,
  httpShippingEntries,
  httpUrl,
  type RecordVerdict,
  rejected,
  retry,
  type ShippingEntry,
} from '../../../lib/handlers.js';
import { HttpSink } from '../../support/http-sink.js';
import { collectStderr } from '../../support/stderr-collector.js';

const tableSchema = v.strictObject({
  ...httpShippingEntries(),
  url: httpUrl('The address of the service.'),
  table: v.pipe(v.string(), v.regex(/^[a-z]+$/, 'expected small letters')),
});

/** As the guide has it: a service of one's own that answers for each row. */
class TableHandler extends HttpShippingHandler {
  static readonly optionsSchema = tableSchema;
  readonly #table: string;

  constructor({ url, table, ...options }: v.InferInput<typeof tableSchema>) {
    super(options, { name: 'table', server: url });
    this.#table = table;
    this.setFormatter(new JsonFormatter());
  }

  protected override encode(record: LogRecord): string {
    return this.format(record);
  }

  protected override request(batch: readonly ShippingEntry[]): HttpShipment {
    const rows = batch.map(({ id, item }) => ({ id, row: item }));
    return { path: `/tables/${this.#table}`, body: () => JSON.stringify(rows) };
  }

  protected override verdict({ body }: HttpAnswer, batch: readonly ShippingEntry[]): RecordVerdict[] {
    const statuses = JSON.parse(body.toString()) as Record<string, number>;
    return batch.map(({ id }) => {
      const status = statuses[id];
      if (status === undefined) return retry('not taken yet');
      return status < 300 ? delivered : rejected(`status ${status}`);
    });
  }
}

let sink: HttpSink | undefined;
afterEach(async () => {
  await sink?.close();
  sink = undefined;
});

it("checks the options of a destination of one's own, the common ones too, with their places", () => {
  const plan = (options: object) =>
    planConfig({
      version: 1,
      handlers: { t: { class: TableHandler, url: 'http://127.0.0.1:9', ...options } as never },
      root: { handlers: ['t'] },
    });
  expect(() => plan({ table: 'logs', spool: { directory: '/nowhere' }, batchSize: 5 })).not.toThrow();
  expect(() => plan({ tabel: 'logs' })).toThrow(
    /handlers\.t\.table: missing[\s\S]*handlers\.t\.tabel: unknown key; did you mean "table"\?/,
  );
  expect(() => plan({ table: 'LOGS' })).toThrow('handlers.t.table: expected small letters');
  expect(() => plan({ table: 'logs', batchSize: 0 })).toThrow('handlers.t.batchSize: expected 1 or more');
});

it('takes two answers for one batch, and none for a record', async () => {
  const stderr = collectStderr();
  sink = await new HttpSink().listen();
  let asked = 0;
  sink.answer = ({ body }) => {
    asked += 1;
    const rows = JSON.parse(body) as { id: string; row: string }[];
    const known = rows.filter(({ row }) => asked > 1 || !row.includes('late'));
    const statuses = known.map(({ id, row }) => [id, row.includes('bad') ? 400 : 201] as const);
    return { status: 207, body: JSON.stringify(Object.fromEntries(statuses)) };
  };
  const handler = new TableHandler({ url: `http://${sink.host}`, table: 'logs' });
  for (const msg of ['one', 'late', 'bad', 'two'])
    handler.handle(new LogRecord({ name: 'x', levelno: 20, levelname: 'INFO', msg }));
  await handler.flush();
  await handler.close();
  stderr.stop();
  expect(handler.stats).toMatchObject({ emitted: 4, delivered: 3, dropped: 1 });
  expect(sink.requests.map(({ url, body }) => [url, (JSON.parse(body) as object[]).length])).toEqual([
    ['/tables/logs', 4],
    ['/tables/logs', 1],
  ]);
});
