import { describe, expect, it } from '@jest/globals';
import { loadOptionalPeer } from '../../lib/internal/optional-peer.js';

const peer = (load: () => Promise<unknown>) => ({
  name: 'some-package',
  neededBy: 'SomeHandler',
  load,
  missing: (message: string, cause: unknown) =>
    Object.assign(new Error(message, { cause }), { code: 'MISSING' }),
  pick: (module: Record<string, unknown>) => module.make as (() => string) | undefined,
});

describe('loadOptionalPeer', () => {
  it.each([
    ['as a named export', { make: () => 'it' }],
    ['in the default export', { default: { make: () => 'it' } }],
  ])('finds what is used %s', async (_, module) => {
    expect((await loadOptionalPeer(peer(async () => module)))()).toBe('it');
  });

  it('names the package and the command where it is not installed', async () => {
    // @ts-expect-error There is no such package, which is the point.
    const loading = loadOptionalPeer(peer(() => import('there-is-no-such-package-as-this')));
    await expect(loading).rejects.toMatchObject({
      code: 'MISSING',
      message:
        'SomeHandler needs the package "some-package", which is not installed: npm install some-package',
    });
  });

  it('tells a package that is not the one meant', async () => {
    await expect(loadOptionalPeer(peer(async () => ({})))).rejects.toMatchObject({ code: 'MISSING' });
  });

  it('passes on what goes wrong inside the package', async () => {
    const broken = new SyntaxError('broken');
    await expect(loadOptionalPeer(peer(() => Promise.reject(broken)))).rejects.toBe(broken);
  });
});
