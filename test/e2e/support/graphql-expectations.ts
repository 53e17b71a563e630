import { beforeAll, describe, expect, it } from '@jest/globals';
import { operations } from './graphql-resolver.js';
import type { GraphqlRun, GraphqlVariant } from './graphql-run.js';

/** Why fields are refused, by their paths. */
const REASONS: Readonly<Record<string, string>> = {
  bad: 'bad',
  broken: 'thrown',
  refused: 'Forbidden resource',
};

/** What is expected of an operation: what the filter answers with 4xx is refused, whatever was thrown. */
function expectedOf(
  operation: { readonly outcome: string; readonly paths?: readonly string[] },
  { hasFilter }: GraphqlVariant,
) {
  const { outcome, paths = [] } = operation;
  const failing = paths.filter((path) => !(hasFilter && path === 'broken'));
  return { paths, failing, outcome: outcome === 'failed' && failing.length === 0 ? 'refused' : outcome };
}

/** Says what operations leave in the log, with whichever driver. */
export function describeOperations(run: (variant: GraphqlVariant) => Promise<GraphqlRun[]>): void {
  describe.each([
    { hasFilter: false, context: true },
    { hasFilter: true, context: true },
    { hasFilter: false, context: false },
  ])('with %j', (variant) => {
    let runs: GraphqlRun[];
    beforeAll(async () => {
      runs = await run(variant);
    }, 60_000);

    it.each(operations.map((operation, index) => ({ ...operation, index })))(
      'logs $query once and leaves the answer alone',
      ({ index, ...operation }) => {
        const { bare, logged, records } = runs[index] as GraphqlRun;
        expect(logged).toEqual(bare);
        const of = (name: string) => records.filter((record) => record.name === name);
        const [record, ...more] = of('nest.graphql').filter(({ fields }) => 'duration_ms' in fields);
        expect(more).toEqual([]);
        const { paths, failing, outcome } = expectedOf(operation, variant);
        expect(record?.fields).toMatchObject({
          transport: 'graphql',
          operation: operation.name,
          operation_type: operation.type,
          fields: operation.fields,
          outcome,
          errors: paths.length,
          duration_ms: expect.any(Number),
          request_id: 'r-1',
        });
        const failures = of('nest.graphql').filter(({ fields }) => 'path' in fields);
        expect(failures.map(({ fields }) => fields.path).sort()).toEqual(paths);
        for (const { fields, message } of failures) {
          expect(fields).toMatchObject({ operation: operation.name, request_id: 'r-1' });
          const path = String(fields.path);
          const reason = failing.includes(path) && outcome === 'failed' ? undefined : REASONS[path];
          expect(fields.reason).toEqual(reason);
          expect(message.endsWith(` at ${path}${reason === undefined ? '' : `: ${reason}`}`)).toBe(true);
        }
        expect(records.filter(({ hasTraceback }) => hasTraceback).map(({ name }) => name)).toEqual(
          outcome === 'failed' ? failing.map(() => 'nest.graphql') : [],
        );
        expect(of('nest.request')).toEqual([]);
        expect(of('nest.server')).toHaveLength(1);
        for (const { fields } of of('handler')) {
          expect(fields).toMatchObject(variant.context ? { request_id: 'r-1' } : {});
        }
        if (variant.context && operation.name === 'Find') {
          expect(of('nest.server')[0]?.fields).toMatchObject({ order: 7 });
        }
      },
    );

    it('logs a malformed operation as a request', () => {
      const { records } = runs.at(-1) as GraphqlRun;
      expect(records.filter(({ name }) => name === 'nest.graphql')).toEqual([]);
      expect(records.filter(({ name }) => name === 'nest.server')).toHaveLength(1);
      expect(records.filter(({ hasTraceback }) => hasTraceback)).toEqual([]);
    });
  });
}
