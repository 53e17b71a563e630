import { afterEach, describe, expect, it } from '@jest/globals';
import { getLogger, getLoggingErrors, LoggingError } from 'nestjs-logging/core';
import {
  natsReplicas,
  overrideLevel,
  type ReplicaState,
  type ReplicasStatus,
  redisReplicas,
} from 'nestjs-logging/live';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { makeOverride } from '../../lib/live/overrides/make-override.js';
import type { Override } from '../../lib/live/overrides/override.js';
import {
  emptyState,
  lacks,
  mergeStates,
  readDocument,
  type SharedState,
  withChange,
  writeDocument,
} from '../../lib/live/replicas/shared-state.js';
import { freePort } from '../support/free-port.js';
import { type LiveApp, startLiveApp } from './support/live-app.js';

const now = 1_000_000;
const override = (target: string): Override => makeOverride(target, 'DEBUG', { for: '15m' }, 'here', now);
const withAll = (...overrides: Override[]): SharedState =>
  overrides.reduce((state, one) => withChange(state, { kind: 'set', override: one }, now), emptyState);
const without = (state: SharedState, { id }: Override): SharedState =>
  withChange(state, { kind: 'end', id }, now);
const targets = (state: SharedState) => [...state.overrides.values()].map(({ target }) => target).sort();

describe('states of replicas that were apart', () => {
  const [shop, mail, stock] = [override('shop'), override('mail'), override('stock')];

  it('are merged to the same in either order: all that was set, nothing that was ended', () => {
    const one = without(withAll(shop, mail), shop);
    const other = withAll(shop, stock);
    expect(targets(mergeStates(one, other, now))).toEqual(['mail', 'stock']);
    expect(mergeStates(one, other, now)).toEqual(mergeStates(other, one, now));
  });

  it('do not bring back what was ended, while it could still be valid somewhere', () => {
    const ended = mergeStates(without(withAll(shop), shop), emptyState, shop.expiresAt - 1);
    expect(targets(mergeStates(ended, withAll(shop), shop.expiresAt - 1))).toEqual([]);
  });

  it('forget what is over, and the end of it an hour later', () => {
    const state = without(withAll(shop, mail), shop);
    expect(targets(mergeStates(state, emptyState, mail.expiresAt))).toEqual([]);
    expect(mergeStates(state, emptyState, shop.expiresAt + 3_600_000).ended.size).toBe(0);
  });

  it('are written only when something is lacking there', () => {
    expect(lacks(emptyState, withAll(shop), now)).toBe(true);
    expect(lacks(withAll(shop, mail), withAll(shop), now)).toBe(false);
    expect(lacks(withAll(shop), without(withAll(shop), shop), now)).toBe(true);
    // Six instances see one expire: none has to write.
    expect(lacks(withAll(shop), without(withAll(shop), shop), shop.expiresAt)).toBe(false);
  });
});

describe('a document', () => {
  const state = without(withAll(override('shop'), override('mail')), override('other'));

  it('is read as it was written', () => {
    const since = new Map([...state.overrides.keys()].map((id, index) => [id, index]));
    expect(readDocument(writeDocument({ version: 7, state, since }))).toEqual({ version: 7, state, since });
  });

  it.each([undefined, '', 'null', '[]', '{"version":"7"}', '{"version":-1,"overrides":[],"ended":[]}', '{'])(
    'that is none is nothing: %j',
    (text) => expect(readDocument(text)).toBeUndefined(),
  );

  it('gives only what is an override', () => {
    const forged = [{ id: 'x' }, null, { ...override('long'), expiresAt: now + 1e12 }, override('good')];
    const text = JSON.stringify({
      version: 1,
      overrides: forged,
      ended: [['a'], 7, ['b', 5]],
      since: [
        [1, 1],
        ['c', 3],
      ],
    });
    const read = readDocument(text)?.state as SharedState;
    expect(targets(read)).toEqual(['good']);
    expect([...read.ended]).toEqual([['b', 5]]);
    expect([...(readDocument(text)?.since ?? [])]).toEqual([['c', 3]]);
  });
});

describe('options', () => {
  it.each([
    [{}],
    [{ url: 'http://redis' }],
    [{ url: 'redis://redis', client: { duplicate: (): unknown => undefined } }],
    [{ client: {} }],
    [{ client: { duplicate: (): unknown => undefined }, options: { db: 1 } }],
    [{ options: 'redis' }],
    [{ url: 'redis://redis', key: 'a{b}' }],
  ])('of redisReplicas that do not fit are refused: %j', (options) => {
    expect(() => redisReplicas(options as never)).toThrow(LoggingError);
  });

  it('name what an environment without the address leaves out', () => {
    expect(() => redisReplicas({ url: undefined } as never)).toThrow(/give url, options or client.*not set/);
    expect(() => natsReplicas({ servers: undefined } as never)).toThrow(
      /give servers or connection.*not set/,
    );
  });

  it.each([[{}], [{ servers: [] }], [{ connection: {} }], [{ servers: 'nats', bucket: 'a.b' }]])(
    'of natsReplicas that do not fit are refused: %j',
    (options) => {
      expect(() => natsReplicas(options as never)).toThrow(LoggingError);
    },
  );
});

describe('the route of replicas', () => {
  let live: LiveApp | undefined;
  let isolation: LoggingIsolation | undefined;
  afterEach(async () => {
    await live?.close();
    isolation?.restore();
    live = undefined;
  });

  it('says that this process is alone', async () => {
    isolation = isolateLogging();
    live = await startLiveApp('express', { instance: { name: 'pod-1' } });
    expect(await live.ask('replicas')).toEqual({
      status: 200,
      body: {
        isShared: false,
        instance: 'pod-1',
        isConnected: false,
        version: 0,
        overrides: {},
        instances: [],
      },
    });
  });

  it('says which instances have applied an override: those that it is for, at its version or a later one', async () => {
    isolation = isolateLogging();
    const instance = (name: string, applied: number, isUp: boolean, region: string): ReplicaState => ({
      ...{ name, applied, isUp, labels: { region }, appVersion: null, startedAt: 0, seenAt: 0 },
    });
    let status: ReplicasStatus = { isConnected: true, version: 0, overrides: {}, instances: [] };
    const replicas = { start: () => undefined, stop: async () => undefined, status: () => status };
    live = await startLiveApp('express', { replicas, instance: { name: 'pod-1', labels: { region: 'eu' } } });
    const { ask } = live;
    const set = async (scope: unknown): Promise<string> => {
      const { body } = await ask('overrides', {
        method: 'POST',
        body: { target: 'shop', level: 'DEBUG', scope },
      });
      return (body as { id: string }).id;
    };
    const [all, eu, own] = [
      await set('all'),
      await set({ label: 'region', value: 'eu' }),
      await set('instance'),
    ];
    status = {
      isConnected: true,
      version: 9,
      overrides: { [all]: 8, [eu]: 9 },
      instances: [
        instance('pod-1', 0, true, 'eu'),
        instance('pod-2', 8, true, 'eu'),
        instance('pod-3', 7, true, 'us'),
        instance('pod-4', 7, false, 'us'),
      ],
    };
    const shown = (await ask('overrides')).body as { id: string; acknowledgements: unknown }[];
    expect(Object.fromEntries(shown.map(({ id, acknowledgements }) => [id, acknowledgements]))).toEqual({
      [all]: { applied: ['pod-1', 'pod-2'], pending: ['pod-3'], down: ['pod-4'] },
      [eu]: { applied: ['pod-1'], pending: ['pod-2'], down: [] },
      // Not written yet: nobody else can have it.
      [own]: { applied: ['pod-1'], pending: [], down: [] },
    });
    expect((await ask('loggers')).body).toMatchObject({ overrides: shown });
  });

  it.each([
    [
      'Redis',
      (port: number) => redisReplicas({ url: `redis://127.0.0.1:${port}` }),
      /^not connected to Redis: connect ECONNREFUSED/,
    ],
    [
      'NATS',
      (port: number) => natsReplicas({ servers: `127.0.0.1:${port}` }),
      /^not connected to NATS: connection refused/,
    ],
  ])(
    'says that %s is not reached and why, while overrides work as if alone',
    async (engine, makeReplicas, why) => {
      isolation = isolateLogging();
      const replicas = makeReplicas(await freePort());
      live = await startLiveApp('fastify', { replicas });
      const shop = overrideLevel('shop', 'DEBUG', { for: '1m' });
      expect(getLogger('shop').isEnabledFor('DEBUG')).toBe(true);
      expect((await live.ask('replicas')).body).toMatchObject({ isShared: true, isConnected: false });
      shop.end();
      expect(getLogger('shop').isEnabledFor('DEBUG')).toBe(false);
      // One failure may be bad luck: the fourth in a row is reported.
      const report = () =>
        getLoggingErrors().find(({ source }) => source === `<${engine.toLowerCase()}Replicas>`);
      for (let tries = 0; report() === undefined && tries < 200; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(report()?.message).toMatch(why);
    },
  );
});
