import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasPython } from './live-python.js';

/** Where Python packages are kept beside the project; not part of it. */
export const PYTHON_PACKAGES = join(import.meta.dirname, '../../.python-packages');

/** How long pip may take, in milliseconds. */
const PIP_MS = 240_000;

/** What is compared with; `airflow` alone without what it depends on, which is a great deal. */
const REQUIREMENTS = [
  ['Django', 'Flask', 'celery', 'uvicorn', 'gunicorn', 'colorlog', 'python-json-logger'],
  ['--no-deps', 'apache-airflow==2.10.5', 'pendulum', 'tzdata', 'time-machine'],
];

/** Python packages of others, installed once; the reason where that cannot be done. */
export function installPythonPackages(): { readonly missing: string | undefined } {
  if (!hasPython) return { missing: 'python3 was not found' };
  if (isComplete()) return { missing: undefined };
  const fresh = mkdtempSync(`${PYTHON_PACKAGES}-`);
  for (const requirements of REQUIREMENTS) {
    const pip = ['-m', 'pip', 'install', '--quiet', '--target', fresh, ...requirements];
    const { status, error, stderr } = spawnSync('python3', pip, { encoding: 'utf8', timeout: PIP_MS });
    if (status !== 0) {
      rmSync(fresh, { recursive: true, force: true });
      const reason = (error?.message ?? stderr).trim().split('\n').at(-1);
      return { missing: `pip could not install ${requirements.join(' ')}: ${reason}` };
    }
  }
  // Another test may have been quicker, and may be using them.
  if (isComplete()) rmSync(fresh, { recursive: true, force: true });
  else {
    rmSync(PYTHON_PACKAGES, { recursive: true, force: true });
    renameSync(fresh, PYTHON_PACKAGES);
  }
  return { missing: undefined };
}

function isComplete(): boolean {
  return ['colorlog', 'airflow'].every((name) => existsSync(join(PYTHON_PACKAGES, name)));
}
