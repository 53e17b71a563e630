/** With the module and without, tools that trace requests see the same spans and errors. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runAppWith } from './support/run-app.js';
import type { Seen } from './support/tracing.js';

jest.setTimeout(300_000);

interface Run {
  readonly seen: readonly Seen[];
  readonly logged: readonly string[];
}
type Runs = Readonly<Record<string, Readonly<Record<string, Run>>>>;

const { version } = createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string };
const isNest11 = version.startsWith('11.');

describe.each(['open-telemetry', 'sentry'])('%s beside the module', (tool) => {
  const folder = mkdtempSync(join(tmpdir(), 'logging-traced-'));
  let runs: Runs;
  const of = (platform: string, name: string): Run => runs[platform]?.[name] as Run;

  beforeAll(() => {
    const { stdout, stderr } = runAppWith(
      { nest11: isNest11, timeoutMs: 280_000 },
      folder,
      'traced-requests.ts',
      tool,
    );
    // The tools register their hooks in the older way, which warns since Node 26.
    expect(stderr.replace(/^.*\[DEP0205\].*\n.*--trace-deprecation.*\n/, '')).toBe('');
    runs = JSON.parse(stdout) as Runs;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe.each(['express', 'fastify'])('on %s', (platform) => {
    it('sees every request without it, and work within', () => {
      const { seen, logged } = of(platform, 'without');
      expect(logged).toEqual([]);
      const names = seen.map(({ name, within }) => [...within, name].join(' > '));
      expect(names).toEqual(expect.arrayContaining(['GET /traced/refused', 'GET /traced/work/:id']));
      expect(seen.length).toBeGreaterThan(60);
      expect(seen.filter(({ name }) => name === 'an error')).toHaveLength(tool === 'sentry' ? 2 : 0);
      expect(of(platform, 'without again').seen).toEqual(seen);
    });

    it.each(['with', 'with everything', 'tuned'])('sees the same spans and errors: %s', (name) => {
      const { seen, logged } = of(platform, name);
      expect(logged.filter((line) => line.startsWith('nest.server'))).toHaveLength(20);
      expect(seen).toEqual(of(platform, 'without').seen);
    });

    // Sentry makes spans of OpenTelemetry in some versions only, and not for each request.
    if (tool === 'open-telemetry')
      it('is on each record, with the trace of the request', () => {
        const { logged } = of(platform, 'with');
        expect(logged.filter((line) => !line.endsWith(' traced'))).toEqual([]);
      });
  });
});
