import { reportNotice } from '../../core/reports/diagnostics.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { LoggingConfigError } from '../plan/config-plan.js';
import { type ConfigOrigin, originOf } from '../read/config-origin.js';
import { FileWatcher } from '../read/file-watcher.js';

/** Follows the files of the active configuration. */
export interface Follower {
  /**
   * Reads the files again and applies them, changed or not.
   *
   * @returns A promise that resolves when it is active, or when it was refused and reported; it never rejects.
   */
  reload(): Promise<void>;
  /** Stops following the files. The active configuration stays. */
  stop(): void;
}

/** What follows files: one for each application of the process whose configuration came from files. */
const slot = globalSlot('config.follower.2', () => ({ following: new Set<Follower>() }));

/**
 * Follows the files a configuration came from, if `loadLoggingConfig` was asked to.
 *
 * Each time they change they are read again. What is sound is given to `apply`; what is not is reported on standard
 * error, and the active configuration stays.
 *
 * @param apply Applies a configuration, at once and whole, or throws and changes nothing.
 * @returns `undefined` if there is nothing to follow.
 */
export function followConfig(
  config: object,
  apply: (config: object) => void | Promise<void>,
): Follower | undefined {
  const origin = originOf(config);
  if (origin?.follow === undefined) return undefined;
  const follower = new FileFollower(origin, apply);
  slot.following.add(follower);
  return follower;
}

/** Ends what follows files now, if anything does: another configuration takes the place of all. */
export function stopFollowing(): void {
  for (const follower of [...slot.following]) follower.stop();
}

class FileFollower implements Follower {
  readonly #origin: ConfigOrigin;
  readonly #apply: (config: object) => void | Promise<void>;
  readonly #endings: (() => void)[] = [];
  #isStopped = false;
  #running: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;

  constructor(origin: ConfigOrigin, apply: (config: object) => void | Promise<void>) {
    this.#origin = origin;
    this.#apply = apply;
    const { watch, pollMs, signal } = this.#follow.settings;
    const reload = () => void this.reload();
    if (watch) {
      const watcher = new FileWatcher(origin.contents, pollMs, reload);
      this.#endings.push(() => watcher.stop());
    }
    if (signal !== undefined) this.#endings.push(onSignal(signal, reload));
  }

  get #follow() {
    return this.#origin.follow as NonNullable<ConfigOrigin['follow']>;
  }

  stop(): void {
    this.#isStopped = true;
    slot.following.delete(this);
    for (const end of this.#endings.splice(0)) end();
  }

  reload(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#reload().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    // One that is under way may have read the files already; all that come meanwhile share the next.
    this.#waiting ??= this.#running.then(() => {
      this.#waiting = undefined;
      return this.reload();
    });
    return this.#waiting;
  }

  async #reload(): Promise<void> {
    if (this.#isStopped) return;
    try {
      const config = await this.#follow.read();
      if (this.#isStopped) return;
      await this.#apply(config);
    } catch (error) {
      if (this.#isStopped) return;
      this.#report(error);
      this.#notify(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#notify(undefined);
  }

  #notify(error: Error | undefined): void {
    try {
      this.#follow.settings.onReload?.(error);
    } catch (thrown) {
      reportNotice(`onReload threw: ${String(thrown)}`);
    }
  }

  #report(error: unknown): void {
    const [file = 'the configuration'] = this.#origin.files;
    reportNotice(`${file} has errors and was not applied; the previous configuration stays active`);
    const texts = error instanceof LoggingConfigError ? error.describeIssues() : [String(error)];
    for (const text of texts) reportNotice(text);
  }
}

/**
 * Calls back each time the process gets a signal; the signal then no longer ends it.
 *
 * @returns Stops that.
 */
function onSignal(signal: NodeJS.Signals, called: () => void): () => void {
  process.on(signal, called);
  return () => {
    process.off(signal, called);
  };
}
