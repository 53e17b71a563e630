import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repository } from '../support/docs/markdown.js';
import { globSync } from '../support/glob.js';

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(repository, file), 'utf8')) as T;
}

const { dependencies, devDependencies } = read<Manifest>('sample-app/package.json');
const all = Object.entries({ ...dependencies, ...devDependencies });
const { packages } = read<{ packages: Record<string, { version: string }> }>('package-lock.json');

describe('the packages of the sample application', () => {
  it.each(all)(
    'have %s in the version %s of the project, which it takes instead where it is',
    (name, version) => {
      expect(packages[`node_modules/${name}`]?.version).toBe(version);
    },
  );

  it('are all that it imports', () => {
    const folder = join(repository, 'sample-app');
    const files = globSync(folder, '.ts').filter((file) => !/^(dist|node_modules)|\.spec\.ts$/.test(file));
    const imported = files.flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/^(?:import|.*\bfrom) '([^'.][^']*)'/gm)].map(
        ([, specifier]) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier ?? '')?.[0] ?? '',
      ),
    );
    expect(imported.length).toBeGreaterThan(20);
    const known = new Set([...Object.keys(dependencies), 'nestjs-logging']);
    const isKnown = (name: string) =>
      known.has(name) || name.startsWith('node:') || builtinModules.includes(name);
    expect(imported.filter((name) => !isKnown(name))).toEqual([]);
  });

  it('are few enough for a first try', () => {
    const lock = read<{ packages: Record<string, { optional?: boolean }> }>('sample-app/package-lock.json');
    const installed = Object.values(lock.packages).filter(({ optional }) => optional !== true);
    expect(installed.length).toBeLessThan(140);
  });
});
