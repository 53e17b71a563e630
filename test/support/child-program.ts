import {
  type ChildProcess,
  type SpawnOptions,
  type SpawnSyncReturns,
  spawn,
  spawnSync,
} from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll } from '@jest/globals';
import { compiledProgram } from './compiled-sources.js';

/** A TypeScript program, for what only a process of its own can show. `lib('core/loggers/logger')` in it imports a file of lib/. */
export class ChildProgram {
  /** What to give to `spawn`. */
  readonly command: readonly [string, ...string[]];

  constructor(source: string) {
    const file = compiledProgram(source.replaceAll(/'lib\/([^']+)'/g, "'../../lib/$1.js'"));
    this.command = [process.execPath, file];
    afterAll(() => rmSync(dirname(file), { recursive: true, force: true }));
  }

  /** Runs it to its end. */
  run(...args: string[]): SpawnSyncReturns<string> {
    const [node, ...rest] = this.command;
    return spawnSync(node, [...rest, ...args], { encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 });
  }

  /** Runs it under a shell, as `$PROGRAM`. */
  shell(script: string, ...args: string[]): SpawnSyncReturns<string> {
    const PROGRAM = [...this.command, ...args].map((word) => `'${word}'`).join(' ');
    return spawnSync('bash', ['-c', script.replaceAll('$PROGRAM', () => PROGRAM)], {
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 1 << 28,
    });
  }

  /** Starts it. */
  start(args: string[], options: SpawnOptions = {}): ChildProcess {
    const [node, ...rest] = this.command;
    return spawn(node, [...rest, ...args], options);
  }
}

/** Resolves with how a process ended. */
export function ended(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
}
