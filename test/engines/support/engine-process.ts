import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { type Engine, until } from './engine.js';

/** What is started, and how it is known that it takes requests. */
export interface EngineProgram {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked again and again after the start; what it throws means not yet. */
  ready(): boolean | Promise<boolean>;
  /** How long it may take to be ready. Default: 60 s. */
  readonly readyWithinMs?: number;
  /** Called when it has ended, however it did. */
  readonly ended?: () => unknown;
}

// Ends an engine whose test process is killed. Only Linux has it.
const setpriv = '/usr/bin/setpriv';
const leash = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL'] : [];

/** A folder for the data of an engine. */
export function dataFolder(name: string): string {
  return mkdtempSync(path.join(tmpdir(), `logging-${name}-`));
}

/** The process of an engine; what speaks with it is on top. */
export class EngineProcess implements Engine {
  #child: ChildProcess | undefined;
  #printed = '';

  /** @param folder Its data, removed by {@link stop}. */
  constructor(
    private readonly folder: string,
    private readonly program: EngineProgram,
  ) {}

  /** The end of what it has printed since it was started last. */
  get printed(): string {
    return this.#printed;
  }

  /** What every engine offers, to be spread into what offers more. */
  get controls(): Engine {
    return {
      kill: () => this.kill(),
      restart: () => this.restart(),
      pause: () => this.pause(),
      resume: () => this.resume(),
      stop: () => this.stop(),
    };
  }

  async start(): Promise<void> {
    const { args, command, env, name, readyWithinMs = 60_000 } = this.program;
    const [file, ...rest] = [...leash, command, ...args] as [string, ...string[]];
    // A group of its own: some are scripts that start another program.
    const child = spawn(file, rest, {
      cwd: this.folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.#printed = '';
    const keep = (chunk: Buffer) => {
      this.#printed = (this.#printed + chunk.toString()).slice(-8_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let failure: Error | undefined;
    child.once('error', (error) => {
      failure = error;
    });
    try {
      await until(
        `${name} takes requests`,
        () => {
          if (failure !== undefined) throw failure;
          if (!this.#runs()) throw new Error(`${name} ended by itself`);
          return this.#isReady();
        },
        readyWithinMs,
      );
    } catch (error) {
      await this.#end('SIGKILL');
      throw new Error(`${(error as Error).message}. It printed:\n${this.#printed}`);
    }
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.#end('SIGTERM');
    await this.start();
  }

  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #isReady(): Promise<boolean> {
    try {
      return await this.program.ready();
    } catch {
      return false;
    }
  }

  #runs(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child === undefined || !this.#runs()) return;
    const ended = once(this.#child, 'close');
    this.#signal(signal);
    // A paused one takes SIGTERM only when it goes on.
    this.#signal('SIGCONT');
    await ended;
    this.program.ended?.();
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child?.pid !== undefined && this.#runs()) process.kill(-this.#child.pid, signal);
  }
}
