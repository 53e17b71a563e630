import { reportNotice } from '../core/diagnostics.js';
import { globalSlot } from '../internal/global-slot.js';
import { type ConfigOrigin, originOf } from './config-origin.js';
import { LoggingConfigError } from './config-plan.js';
import { FileWatcher } from './file-watcher.js';
import { onSignal } from './reload-signal.js';

/** Follows the files of the configuration that is in force. */
export interface Follower {
  /**
   * Reads the files again and puts what they say in force, changed or not.
   *
   * @returns A promise that resolves when it stands, or when it was refused and reported; it never rejects.
   */
  reload(): Promise<void>;
  /** Follows the files no longer. What is in force stays. */
  stop(): void;
}

/** The one configuration of a process that is followed. */
const slot = globalSlot('config.follower.1', (): { current: Follower | undefined } => ({
  current: undefined,
}));

/**
 * Follows the files a configuration came from, if `loadLoggingConfig` was asked to.
 *
 * Each time they change they are read again. What is sound is given to `apply`; what is not is reported on standard
 * error, and what was in force stays. There is one configuration a process, so an earlier follower stops.
 *
 * @param apply Puts a configuration in force, at once and whole, or throws and changes nothing.
 * @returns `undefined` if there is nothing to follow.
 */
export function followConfig(
  config: object,
  apply: (config: object) => void | Promise<void>,
): Follower | undefined {
  const origin = originOf(config);
  if (origin?.follow === undefined) return undefined;
  stopFollowing();
  const follower = new FileFollower(origin, apply);
  slot.current = follower;
  return follower;
}

/** Ends what follows files now, if anything does: another configuration takes over. */
export function stopFollowing(): void {
  slot.current?.stop();
  slot.current = undefined;
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
      this.#tell(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#tell(undefined);
  }

  #tell(error: Error | undefined): void {
    try {
      this.#follow.settings.onReload?.(error);
    } catch (thrown) {
      reportNotice(`onReload threw: ${String(thrown)}`);
    }
  }

  #report(error: unknown): void {
    const [file = 'the configuration'] = this.#origin.files;
    reportNotice(`${file} was changed but not put in force; what was in force still is`);
    const texts = error instanceof LoggingConfigError ? error.describeFaults() : [String(error)];
    for (const text of texts) reportNotice(text);
  }
}
