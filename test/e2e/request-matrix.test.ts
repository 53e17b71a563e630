import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';
import { filterVariants, startScenarioApp } from './support/scenario-app.js';
import { type Scenario, scenarios } from './support/scenarios.js';
import { exchange, statusOf } from './support/wire.js';

const levelOf = (status: number) => (status >= 500 ? 'ERROR' : status >= 400 ? 'WARNING' : 'INFO');

/** What the access record says of why: nothing of an answer, the error of a failure, of a refusal its reason too. */
function explanationOf({ hasNoReason }: Scenario, status: number) {
  const isKnown = status >= 400;
  const hasReason = isKnown && status < 500 && hasNoReason !== true;
  return {
    error: isKnown ? expect.any(String) : undefined,
    reason: hasReason ? expect.any(String) : undefined,
  };
}

/** The loggers of the records with a traceback: of a refusal only its cause has one. */
function tracebacksOf({ hasCause }: Scenario, status: number): string[] {
  if (status >= 500) return ['nest.request'];
  return hasCause === true ? ['nest.server'] : [];
}

describe.each(platforms)('on $name', ({ createAdapter }) => {
  describe.each(filterVariants)('with $name', (variant) => {
    const recorder = new Recorder();
    let bare: { app: INestApplication; port: number };
    let logged: { app: INestApplication; port: number };

    beforeAll(async () => {
      bare = await startScenarioApp({ adapter: createAdapter(), variant });
      logged = await startScenarioApp({
        adapter: createAdapter(),
        variant,
        recorder,
        logging: { http: { responseHeader: false } },
      });
      recorder.clear();
    });
    afterEach(() => recorder.clear());
    afterAll(async () => {
      await bare.app.close();
      await logged.app.close();
    });

    it.each(scenarios)('logs $name once and leaves the answer alone', async (scenario) => {
      const expected = await exchange(bare.port, scenario);
      recorder.clear();
      const answer = await exchange(logged.port, scenario);
      await recorder.settled('nest.server', 1);

      expect(answer).toBe(expected);
      const [access, ...more] = recorder.of('nest.server');
      const status = statusOf(answer);
      expect(more).toEqual([]);
      expect(access?.extraFields()).toMatchObject({
        method: scenario.method ?? 'GET',
        status,
        aborted: false,
      });
      const { error, reason } = access?.extraFields() ?? {};
      expect({ error, reason }).toEqual(explanationOf(scenario, status));
      const failures = recorder.of('nest.request');
      expect(failures.map((record) => [record.levelname, record.extraFields().status])).toEqual(
        status >= 500 ? [['ERROR', status]] : [],
      );
      expect(access?.levelname).toBe(levelOf(status));
      expect(recorder.tracebacks.map(({ name }) => name)).toEqual(tracebacksOf(scenario, status));
      if (variant.name === 'no filter') {
        expect(statusOf(answer)).toBe(scenario.status);
        expect(access?.extraFields()).toMatchObject({
          route: scenario.route?.split('?')[0] ?? null,
          handler: scenario.handler ?? null,
        });
      }
    });
  });
});
