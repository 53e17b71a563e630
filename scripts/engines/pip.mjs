/** Engines that are packages for Python: a virtual environment each, `<folder>/bin/<program>`. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { folderOf, installInto, isInstalled, isOnPath, run } from './installation.mjs';

/**
 * @param requirements What pip installs, each with its version.
 * @param alone What it installs without the packages that these depend on.
 */
export function pythonPackages(purpose, requirements, alone = []) {
  const recipe = [...requirements, ...alone];
  return {
    purpose,
    tool: 'pip',
    isThere: (name) => isInstalled(name, recipe),
    source: (name) => `pip install ${recipe.join(' ')} into ${path.relative(process.cwd(), folderOf(name))}`,
    obstacle() {
      if (!isOnPath('python3')) return 'there is no python3';
      // Debian has them apart from Python: python3-venv.
      const { status } = spawnSync('python3', ['-c', 'import venv, ensurepip']);
      return status === 0 ? undefined : "python3 has no 'venv' and 'ensurepip'";
    },
    install: (name) =>
      installInto(name, recipe, async (folder) => {
        await run('python3', ['-m', 'venv', folder]);
        const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-compile'];
        const python = path.join(folder, 'bin', 'python3');
        await run(python, [...pip, ...requirements]);
        if (alone.length > 0) await run(python, [...pip, '--no-deps', ...alone]);
      }),
  };
}
