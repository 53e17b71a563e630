import { type ExecFileOptions, execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** This repository. */
export const repository: string = fileURLToPath(new URL('../../', import.meta.url));

/** The packed package, made once for all tests of this folder. */
export const tarball: string = process.env.PACKED_TARBALL ?? '';

/** An empty application in a temporary folder, with the packed package installed. */
export class Consumer {
  private constructor(readonly folder: string) {}

  static async create(type: 'module' | 'commonjs', packages: readonly string[] = []): Promise<Consumer> {
    const consumer = new Consumer(await mkdtemp(join(tmpdir(), 'nestjs-logging-app-')));
    await consumer.write('package.json', JSON.stringify({ name: 'app', private: true, type }));
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--no-package-lock'];
    // Without other packages the peers stay away too: that is how ./core is used alone.
    const peers = packages.length === 0 ? ['--legacy-peer-deps'] : [];
    await consumer.exec('npm', ['install', ...flags, ...peers, tarball, ...packages]);
    return consumer;
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }

  /** Runs a program in the application's folder and returns what it printed; rejects if it fails. */
  async exec(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const options: ExecFileOptions = { cwd: this.folder, env: { ...process.env, NODE_OPTIONS: '', ...env } };
    const { stdout } = await run(program, args, { ...options, encoding: 'utf8' });
    return stdout;
  }

  node(...args: string[]): Promise<string> {
    return this.exec(process.execPath, args);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
