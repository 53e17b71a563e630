import { describe, expect, it } from '@jest/globals';
import { loadOptionalPeer, notLoaded } from '../../lib/runtime/optional-peer.js';
import { providePackage } from '../../lib/runtime/provided-packages.js';

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
    const load = () => import('there-is-no-such-package-as-this').catch(notLoaded);
    const loading = loadOptionalPeer(peer(load));
    await expect(loading).rejects.toMatchObject({
      code: 'MISSING',
      message:
        'SomeHandler needs the package "some-package", which is not installed: npm install some-package (in a bundle: build again, or pass it to providePackage)',
    });
  });

  it('recognises a package that is not the one meant', async () => {
    await expect(loadOptionalPeer(peer(async () => ({})))).rejects.toMatchObject({ code: 'MISSING' });
  });

  it('passes on what goes wrong inside the package', async () => {
    const broken = new SyntaxError('broken');
    await expect(loadOptionalPeer(peer(async () => notLoaded(broken)))).rejects.toBe(broken);
  });

  it.each([
    ['webpack', Object.assign(new Error("Cannot find module 'some-package'"), { code: 'MODULE_NOT_FOUND' })],
    ['esbuild', new Error('Dynamic require of "some-package" is not supported')],
    ['ncc', new ReferenceError('require is not defined')],
  ])('knows what %s puts in the place of a package that is absent', async (_, error) => {
    await expect(loadOptionalPeer(peer(async () => notLoaded(error)))).rejects.toMatchObject({
      code: 'MISSING',
    });
  });

  it('takes the package that the application hands over', async () => {
    providePackage('handed-over', { make: () => 'theirs' });
    const load = () => Promise.reject(new Error('not to be loaded'));
    expect((await loadOptionalPeer({ ...peer(load), name: 'handed-over' }))()).toBe('theirs');
  });
});
