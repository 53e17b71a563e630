/** Where engines are kept, and how to check that one is installed as its recipe says. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** The folder of the whole project. */
export const repository = path.join(import.meta.dirname, '..', '..');

/** The folder of one engine. */
export function folderOf(name) {
  return path.join(repository, '.engines', name);
}

/** True if the engine was installed by this very recipe: after a change of its sources or version it is not. */
export function isInstalled(name, recipe) {
  try {
    return readFileSync(stampOf(name), 'utf8') === hash(recipe);
  } catch {
    return false;
  }
}

/** Fills the folder of an engine anew; what is left of an interrupted run does not count as installed. */
export async function installInto(name, recipe, fill) {
  const folder = folderOf(name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await fill(folder);
  writeFileSync(stampOf(name), hash(recipe));
}

/** Runs a program to its end. @throws Error with the end of what it printed, if it fails. */
export function run(command, args, { cwd, env } = {}) {
  return new Promise((fulfil, reject) => {
    const program = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    const keep = (chunk) => {
      printed = (printed + chunk).slice(-4_000);
    };
    program.stdout.on('data', keep);
    program.stderr.on('data', keep);
    program.once('error', reject);
    program.once('close', (status) => {
      if (status === 0) fulfil();
      else reject(new Error(`${command} ${args.join(' ')} ended with ${status}:\n${printed}`));
    });
  });
}

/** True if a program can be started by this name. */
export function isOnPath(program) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function stampOf(name) {
  return path.join(folderOf(name), 'installed');
}

function hash(recipe) {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex');
}
