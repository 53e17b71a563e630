import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Gives an application in a folder of its own what is installed here, the packages of test/on-demand/ too. */
export function linkPackages(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(repository, 'node_modules')))
    symlinkSync(join(repository, 'node_modules', name), join(modules, name));
  const manifest = readFileSync(join(repository, 'test/on-demand/package.json'), 'utf8');
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  // Of Sentry, whose scope may be here already, no such application has need.
  for (const name of Object.keys(dependencies).filter((each) => !each.startsWith('@'))) {
    const installed = join(repository, 'test/on-demand/node_modules', name);
    if (existsSync(installed) && !existsSync(join(modules, name)))
      symlinkSync(installed, join(modules, name));
  }
}
