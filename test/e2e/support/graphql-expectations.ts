import { beforeAll, describe, expect, it } from '@jest/globals';
import { operations } from './graphql-resolver.js';
import type { GraphqlRun, GraphqlVariant, PlainRecord } from './graphql-run.js';

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
  const whole = outcome === 'failed' && failing.length === 0 ? 'refused' : outcome;
  const reasonOf = (path: string) =>
    whole === 'refused' || !failing.includes(path) ? REASONS[path] : undefined;
  return { paths, failing, outcome: whole, reasonOf };
}

/** A refused field says why, in a field and at the end of the message; one that failed has its traceback for that. */
function expectReason(
  { fields, message }: Pick<PlainRecord, 'fields' | 'message'>,
  reason: string | undefined,
): void {
  expect(fields.reason).toBe(reason);
  const ending = reason === undefined ? '' : `: ${reason}`;
  expect(message.endsWith(` at ${String(fields.path)}${ending}`)).toBe(true);
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
        const { paths, failing, outcome, reasonOf } = expectedOf(operation, variant);
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
          expectReason({ fields, message }, reasonOf(String(fields.path)));
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
