import {
  type ChildProcessWithoutNullStreams,
  type SpawnSyncReturns,
  spawn,
  spawnSync,
} from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { compiledFile, compiledPackage } from './compiled-sources.js';

const program = fileURLToPath(new URL('./cli-program.ts', import.meta.url));
const { FORCE_COLOR: _, NO_COLOR: __, NODE_ENV: ___, LOG_LEVEL: ____, ...plain } = process.env;

/** The command line in a folder of its own, run as a process from the sources. */
export class CommandLine {
  readonly folder = mkdtempSync(join(tmpdir(), 'cli-'));
  env: NodeJS.ProcessEnv = plain;

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Installs this package in the folder, for what is imported there. */
  install(): void {
    mkdirSync(join(this.folder, 'node_modules'));
    symlinkSync(compiledPackage(), join(this.folder, 'node_modules/nestjs-logging'));
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** What is in the folder. */
  files(): string[] {
    return readdirSync(this.folder);
  }

  /** Runs a command to its end. */
  run(
    args: readonly string[],
    options: { input?: string; env?: NodeJS.ProcessEnv } = {},
  ): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [compiledFile(program), ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      input: options.input ?? '',
      env: { ...this.env, ...options.env },
      maxBuffer: 1 << 28,
      timeout: 60_000,
    });
  }

  /** Starts a command. @param input A file descriptor of its standard input; a pipe if left out. */
  start(args: readonly string[], input?: number): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [compiledFile(program), ...args], {
      cwd: this.folder,
      env: this.env,
      stdio: [input ?? 'pipe', 'pipe', 'pipe'],
    }) as ChildProcessWithoutNullStreams;
  }
}
