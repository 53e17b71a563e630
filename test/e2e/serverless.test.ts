/**
 * Requests that come without a server: by the adapters of cloud functions, and as tests make them up. Their responses end,
 * and most never close; and a function may be frozen as soon as it has its answer.
 *
 * In processes of their own: Jest cannot load some of the adapters.
 */
import { describe, expect, it } from '@jest/globals';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { runApp } from './support/run-app.js';

/** What the program of the test prints of each request. */
interface Result {
  readonly adapter: string;
  readonly path: string;
  readonly status: number;
  /** How many access records there were when the function would have had its answer. */
  readonly atAnswer: number;
  readonly access: readonly Record<string, unknown>[];
  readonly failures: readonly unknown[];
}

const adapters: Readonly<Record<string, readonly string[]>> = {
  express: [
    '@codegenie/serverless-express',
    '@vendia/serverless-express',
    '@h4ad/serverless-adapter',
    'node-mocks-http',
    'light-my-request',
  ],
  fastify: ['inject of Fastify', '@fastify/aws-lambda'],
};

describe.each(Object.keys(adapters))('on %s', (platform) => {
  const folder = useTemporaryFolder();
  let results: Result[] | undefined;

  function resultOf(adapter: string, path: string): Result | undefined {
    if (results === undefined) {
      const { stdout, stderr } = runApp(folder.path, 'serverless-requests.ts', platform);
      results = stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Result);
      if (results.length === 0) throw new Error(stderr);
    }
    return results.find((result) => result.adapter === adapter && result.path === path);
  }

  describe.each(adapters[platform] as string[])('by %s', (adapter) => {
    it.each([
      ['/ok', 200, 'INFO', undefined],
      ['/later', 200, 'INFO', undefined],
      ['/missing', 404, 'WARNING', 'no such order'],
      ['/nowhere', 404, 'WARNING', 'Cannot GET /nowhere'],
      ['/broken', 500, 'ERROR', undefined],
    ])(
      '%s has its one access record before its answer',
      (path, status, level, reason) => {
        const result = resultOf(adapter, path);
        expect(result).toMatchObject({ status, atAnswer: 1 });
        expect(result?.access).toEqual([
          expect.objectContaining({ level, method: 'GET', path, status, aborted: false }),
        ]);
        expect(result?.access[0]?.reason).toBe(reason);
        expect(result?.failures).toEqual(status === 500 ? [['nest.request', 500]] : []);
      },
      60_000,
    );

    if (adapter === 'light-my-request') return;
    it('has it at once while a server of the same process is at work, too', () => {
      const result = resultOf(adapter, '/outer');
      expect(result?.atAnswer).toBe(1);
      expect(result?.access.map(({ path }) => path)).toEqual(['/ok', '/outer']);
    }, 60_000);
  });
});
