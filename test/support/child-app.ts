import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

const startTimeoutMs = 60_000;
/** How long nothing must be printed before all is taken to be printed: generous, since machines may be busy. */
const quietMs = 400;

/** An application in a process of its own that listens on `PORT`. */
export class ChildApp {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly outputFile: string,
  ) {}

  /**
   * Starts it and waits until it listens, or has ended.
   *
   * @param file The program, compiled.
   * @param cwd Where it runs, and where what it prints is kept.
   */
  static async start(file: string, cwd: string, variables: NodeJS.ProcessEnv = {}): Promise<ChildApp> {
    const port = await freePort();
    const outputFile = join(cwd, 'output.txt');
    const output = openSync(outputFile, 'w');
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      FORCE_COLOR: undefined,
      NODE_ENV: 'development',
      PORT: String(port),
      ...variables,
    };
    const child = spawn(process.execPath, [file], {
      cwd,
      stdio: ['ignore', output, output],
      env,
    });
    closeSync(output);
    const app = new ChildApp(port, child, outputFile);
    await app.#listening();
    return app;
  }

  /** Sends a request; what it leads to may be logged after the answer, see {@link ChildApp.quiet}. */
  async ask(path: string, init: RequestInit = {}): Promise<{ status: number; body: string }> {
    const response = await fetch(`http://localhost:${this.port}${path}`, init);
    return { status: response.status, body: await response.text() };
  }

  /** What it printed so far, standard output and standard error in order. */
  printed(): string {
    return readFileSync(this.outputFile, 'utf8');
  }

  /** Waits until nothing was printed for a while. */
  async quiet(): Promise<void> {
    for (let size = -1, now = this.printed().length; now !== size; now = this.printed().length) {
      size = now;
      await sleep(quietMs);
    }
  }

  /** Sends SIGTERM. @returns The code or the signal it ended with. */
  async stop(): Promise<number | NodeJS.Signals | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('close', resolve));
      this.child.kill('SIGTERM');
      await ended;
    }
    return this.child.exitCode ?? this.child.signalCode;
  }

  async #listening(): Promise<void> {
    const deadline = Date.now() + startTimeoutMs;
    while (Date.now() < deadline && this.child.exitCode === null) {
      if (await accepts(this.port)) return;
      await sleep(50);
    }
  }
}

/** Whether a connection can be made; nothing is asked, since that would be logged. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
