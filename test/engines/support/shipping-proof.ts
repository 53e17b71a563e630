import { expect, it } from '@jest/globals';
import type { Handler } from '../../../lib/core/handler.js';
import type { ShippingHandler } from '../../../lib/handlers/shipping/shipping-handler.js';
import type { ShippingOptions } from '../../../lib/handlers/shipping/shipping-options.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';
import { type Engine, until } from './engine.js';
import { type CorpusRecord, corpus } from './record-corpus.js';

/** A destination, as the proof knows it. */
export type Shipping = Handler & Pick<ShippingHandler, 'stats' | 'health'>;

/** A destination and the engine that it sends to. */
export interface ShippingProof<E extends Engine> {
  /** The engine; asked in each test. */
  engine(): E;
  make(engine: E, options: ShippingOptions): Shipping;
  /** All records that the engine has, in the order in which it has them, each an object in JSON. */
  read(engine: E): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Makes the engine save what it has acknowledged, where it would lose that in a kill; default nothing. */
  save?(engine: E): Promise<void>;
  /** What was found of a record, as {@link sentFacts} has it; default by the names of JsonFormatter. */
  found?(record: Readonly<Record<string, unknown>>): object;
  /** What is to be found of a record; default {@link sentFacts}. */
  sent?(record: CorpusRecord): object;
  /** The number of a record; default its field `n`. */
  number?(record: Readonly<Record<string, unknown>>): number;
  /** How many records it is given first; default 2,000. */
  readonly count?: number;
  /** How long an attempt may take when the engine is killed, in milliseconds; default 2,000. More for a slow engine. */
  readonly timeoutMs?: number;
  /** Whether the engine drops what it has already. */
  readonly dropsRepeats: boolean;
  /** Whether it has records in the order in which they were logged; default true. */
  readonly keepsOrder?: boolean;
  /** How many records it may lose when it is killed, of those that it has taken; default none. */
  readonly mayLose?: number;
  /** Whether what it has is still there after a kill; default true. */
  readonly isDurable?: boolean;
}

const COUNT = 2_000;
const BATCH = 100;

/** What a record was sent with. */
export function sentFacts({ record, message, fields, error }: CorpusRecord): object {
  return { message, level: record.levelname, logger: record.name, fields, error };
}

function foundFacts(record: Record<string, unknown>): object {
  const { message, level, logger, exception, n, ratio, word, flag } = record;
  const error = /\b(PaymentError): no card \d+/.exec(String(exception))?.[1];
  return { message, level, logger, fields: { n, ratio, word, flag }, error };
}

/** Defines the tests that every destination has to pass with the engine itself. */
export function proveShipping<E extends Engine>(proof: ShippingProof<E>): void {
  const { make, read, found = foundFacts, sent = sentFacts, count = COUNT, mayLose = 0 } = proof;
  const number = proof.number ?? (({ n }) => Number(n));
  const folder = useTemporaryFolder();

  it(`${count} records of all kinds, once and field by field`, async () => {
    const engine = proof.engine();
    const handler = make(engine, { maxBytes: 256 * 1024 * 1024 });
    const all = [...corpus(count)];
    for (const { record } of all) handler.handle(record);
    await until('all is delivered', () => handler.stats.queued === 0, 150_000);
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: count, delivered: count, dropped: 0 });
    const records = await settled(() => read(engine), count);
    const byNumber = new Map(records.map((record) => [number(record), record]));
    expect([records.length, byNumber.size]).toEqual([count, count]);
    const wrong = all
      .map((one) => [sent(one), found(byNumber.get(one.n) ?? {})] as const)
      .filter(([before, after]) => JSON.stringify(before) !== JSON.stringify(after));
    expect([wrong.length, wrong[0]?.[1]]).toEqual([0, wrong[0]?.[0]]);
    if (proof.keepsOrder === false) return;
    expect(records.map(number)).toEqual(all.map(({ n }) => n));
  });

  it('everything though it is killed in the middle, where there is a spool', async () => {
    const engine = proof.engine();
    const handler = make(engine, {
      spool: { directory: folder.path },
      ...{ batchSize: BATCH, flushIntervalMs: 20, timeoutMs: proof.timeoutMs ?? 2_000 },
    });
    const all = [...corpus(COUNT)].map(({ record, n }) => {
      record.expose();
      record.n = count + n;
      return record;
    });
    for (const record of all.slice(0, 500)) handler.handle(record);
    await until('the first are delivered', () => handler.stats.delivered === 500, 60_000);
    const numbers = new Set<number>();
    const isNew = (n: number) => n >= count;
    if (proof.isDurable === false) for (const record of await read(engine)) numbers.add(number(record));
    await proof.save?.(engine);
    engine.pause();
    for (const record of all.slice(500, 1_000)) handler.handle(record);
    await until('it is noticed', () => !handler.health.isHealthy, 60_000);
    await engine.kill();
    for (const record of all.slice(1_000)) handler.handle(record);
    await engine.restart();
    await until('all is delivered', () => handler.stats.spooled === 0, 90_000);
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: COUNT, delivered: COUNT, dropped: 0 });
    const records = await settled(
      () => read(engine),
      proof.isDurable === false ? 1_500 : count + COUNT - mayLose,
    );
    const arrived = records.map(number).filter(isNew);
    for (const n of arrived) numbers.add(n);
    expect([...numbers].filter(isNew).length).toBeGreaterThanOrEqual(COUNT - mayLose);
    // Only what was under way when it was killed may be there twice: one batch.
    expect(arrived.length - new Set(arrived).size).toBeLessThanOrEqual(proof.dropsRepeats ? 0 : 2 * BATCH);
  });
}

/** What is read, once there is so much of it. */
async function settled<T>(read: () => Promise<readonly T[]>, count: number): Promise<readonly T[]> {
  let records: readonly T[] = [];
  await until(
    `${count} records are there`,
    async () => {
      records = await read();
      return records.length >= count;
    },
    30_000,
  );
  return records;
}
