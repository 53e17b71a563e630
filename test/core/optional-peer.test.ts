import { describe, expect, it } from '@jest/globals';
import { loadOptionalPeer, notLoaded, type OptionalPeer } from '../../lib/core/optional-peer.js';
import { providePackage } from '../../lib/runtime/provided-packages.js';

/** The part of the package that is used. */
interface SomePackage {
  make(): string;
}

const peer = (load: () => Promise<unknown>): OptionalPeer<SomePackage> => ({
  name: 'some-package',
  neededBy: 'SomeHandler',
  load,
  exports: ['make'],
});

describe('loadOptionalPeer', () => {
  it.each([
    ['as a named export', { make: () => 'it' }],
    ['in the default export', { default: { make: () => 'it' } }],
  ])('finds what is used %s', async (_, module) => {
    expect((await loadOptionalPeer(peer(async () => module))).make()).toBe('it');
  });

  it('names the package and the command where it is not installed', async () => {
    // @ts-expect-error There is no such package, which is the point.
    const load = () => import('there-is-no-such-package-as-this').catch(notLoaded);
    const loading = loadOptionalPeer(peer(load));
    await expect(loading).rejects.toMatchObject({
      code: 'ERR_LOGGING_MISSING_PACKAGE',
      message:
        'SomeHandler needs the package "some-package", which is not installed: npm install some-package (in a bundle: build again, or pass it to providePackage)',
    });
  });

  it('recognises a package that is not the one meant', async () => {
    await expect(loadOptionalPeer(peer(async () => ({})))).rejects.toMatchObject({
      code: 'ERR_LOGGING_MISSING_PACKAGE',
    });
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
      code: 'ERR_LOGGING_MISSING_PACKAGE',
    });
  });

  it('takes the package that the application hands over', async () => {
    providePackage('handed-over', { make: () => 'theirs' });
    const load = () => Promise.reject(new Error('not to be loaded'));
    expect((await loadOptionalPeer({ ...peer(load), name: 'handed-over' })).make()).toBe('theirs');
  });
});
