import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Where the compiler finds this package for a program of the tests: in the declarations of the last build, which it reads in
 * a fraction of the time that it takes to check all sources.
 *
 * @throws If a source is newer than they are: the program would be checked against what the package was.
 */
export function declarationPaths(): Record<string, string[]> {
  const declarations = join(repository, 'dist/esm');
  const builtMs = statSync(join(declarations, 'core.d.ts'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const lib = join(repository, 'lib');
  for (const name of readdirSync(lib, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('.ts') && statSync(join(lib, name)).mtimeMs > builtMs)
      throw new Error(`lib/${name} is newer than the declarations in dist/: run "npm run build" first`);
  const entries = {
    '': 'index',
    '/core': 'core',
    '/handlers': 'handlers',
    '/live': 'live',
    '/testing': 'testing',
  };
  return Object.fromEntries(
    Object.entries(entries).map(([path, file]) => [
      `nestjs-logging${path}`,
      [join(declarations, `${file}.d.ts`)],
    ]),
  );
}
