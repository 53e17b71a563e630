/** Packages of npm that are compiled when they are installed: `<folder>/node_modules/<name>`. */
import path from 'node:path';
import process from 'node:process';
import { folderOf, installInto, isInstalled, isOnPath, run } from './installation.mjs';

/** @param spec The package and its version: `unix-dgram@2.0.7`. */
export function npmAddon(purpose, spec) {
  // What is compiled for one version of Node is of no use to another.
  const recipe = [spec, process.versions.modules];
  return {
    purpose,
    tool: 'npm',
    isThere: (name) => isInstalled(name, recipe),
    source: (name) => `npm install ${spec} into ${path.relative(process.cwd(), folderOf(name))}`,
    obstacle() {
      const missing = ['npm', 'make', 'c++', 'python3'].find((program) => !isOnPath(program));
      return missing === undefined ? undefined : `there is no ${missing}`;
    },
    install: (name) =>
      installInto(name, recipe, (folder) =>
        run('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', spec], {
          cwd: folder,
        }),
      ),
  };
}
