import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { getLogger, getManager } from 'nestjs-logging';
import { endOverride, listOverrides } from 'nestjs-logging/live';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { askAll } from './support/ask-spring.mjs';
import { type Platform, startLiveApp } from './support/live-app.js';

interface SpringAnswer {
  readonly say: string;
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/** What a Spring Boot application answered, see support/ask-spring.mjs. */
const recorded: SpringAnswer[] = JSON.parse(
  readFileSync(new URL('fixtures/spring-boot-3.5.7.json', import.meta.url), 'utf8'),
);

/** What the platform's own parser of JSON turns away before anybody has the request. */
const turnedAway: Readonly<Record<Platform, readonly string[]>> = {
  express: ['send null: POST /shop.orders'],
  fastify: ['send no body: POST /shop.orders'],
};

describe.each(['express', 'fastify'] as const)('Spring’s interface on %s', (platform) => {
  let isolation: LoggingIsolation;
  beforeEach(() => {
    isolation = isolateLogging();
  });
  afterEach(() => isolation.restore());

  it('answers as a Spring Boot application does, request by request', async () => {
    const live = await startLiveApp(platform, { actuator: 'actuator/loggers' });
    try {
      for (const name of ['shop.orders', 'store.front', 'store.back']) getLogger(name);
      const answers: SpringAnswer[] = await askAll(`${live.url}/actuator/loggers`, {
        authorization: `Bearer ${live.token}`,
      });
      const expected = recorded.map((answer) =>
        turnedAway[platform].includes(answer.say)
          ? { ...answer, status: 400, type: null, body: null }
          : { ...answer, body: ours(answer.body) },
      );
      expect(answers).toEqual(expected);
    } finally {
      for (const { id } of listOverrides()) endOverride(id);
      await live.close();
    }
  });

  it.each([
    ['a body that is no JSON', 'shop', '{'],
    ['a name with a line feed, also to clear it', 'shop%0Aforged', '{}'],
  ])('answers 400 to %s', async (_, name, body) => {
    const live = await startLiveApp(platform, { actuator: 'actuator/loggers' });
    try {
      const response = await fetch(`${live.url}/actuator/loggers/${name}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${live.token}`,
          'content-type': 'application/vnd.spring-boot.actuator.v3+json',
        },
        body,
      });
      expect(response.status).toBe(400);
      expect(getManager().loggerDict.has('shop\nforged')).toBe(false);
    } finally {
      await live.close();
    }
  });
});

/**
 * Where ours differs on purpose: Python has CRITICAL, which Logback has not; and when a level of ours is cleared, the
 * configuration shows through, where Logback's has been overwritten.
 */
function ours(body: unknown): unknown {
  const { levels, loggers } = (body ?? {}) as { levels?: string[]; loggers?: Record<string, object> };
  if (levels === undefined || loggers === undefined) return body;
  const back = { configuredLevel: 'WARN', effectiveLevel: 'WARN' };
  return {
    ...(body as object),
    levels: levels.flatMap((level) => (level === 'OFF' ? ['OFF', 'FATAL'] : [level])),
    loggers: { ...loggers, 'store.back': back },
  };
}
