import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';
import { filterVariants, startScenarioApp } from './support/scenario-app.js';
import { scenarios } from './support/scenarios.js';
import { exchange, statusOf } from './support/wire.js';

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

    it.each(scenarios)('tells $name once and leaves the answer alone', async (scenario) => {
      const expected = await exchange(bare.port, scenario);
      recorder.clear();
      const answer = await exchange(logged.port, scenario);
      await recorder.settled('nest.server', 1);

      expect(answer).toBe(expected);
      const [access, ...more] = recorder.of('nest.server');
      expect(more).toEqual([]);
      expect(access?.extraFields()).toMatchObject({
        method: scenario.method ?? 'GET',
        status: statusOf(answer),
        aborted: false,
      });
      expect(recorder.tracebacks.map(({ name }) => name)).toEqual(
        scenario.outcome === 'failed' ? ['nest.request'] : [],
      );
      const refused = scenario.outcome === 'refused' && statusOf(answer) >= 400;
      expect(recorder.of('nest.request').map(({ levelname }) => levelname)).toEqual(
        scenario.outcome === 'failed' ? ['ERROR'] : refused ? ['WARNING'] : [],
      );
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
