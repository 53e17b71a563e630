import type { OptionIssue } from '../../core/options.js';
import { brand, branded } from '../../runtime/brand.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import type { FileContents } from './file-watcher.js';

/** A place in a file. */
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
}

/** An error of a configuration, with its place in a file if it came from one. */
export interface ConfigIssue extends OptionIssue, Partial<Place> {}

/** The configuration a file is read into; read again when the file has changed. */
export type ReadAgain = () => Promise<object>;

/** How a configuration's files are to be followed. */
export interface FollowSettings {
  /** Whether changes of the files count. */
  readonly watch: boolean;
  /** How often the files are polled where the system reports no changes, in milliseconds. */
  readonly pollMs: number;
  /** A signal that triggers a reload. */
  readonly signal: NodeJS.Signals | undefined;
  /** Called after each reload. */
  readonly onReload: ((error: Error | undefined) => void) | undefined;
}

const ORIGIN = Symbol.for('nestjs-logging.config-origin');

/**
 * Where a configuration came from: the file and line of each part.
 *
 * It goes with the configuration as a property that only its symbol finds, and so into copies made by spreading.
 */
export class ConfigOrigin {
  readonly #contents: FileContents;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #file: string | undefined;
  readonly #follow: { readonly settings: FollowSettings; readonly read: ReadAgain } | undefined;

  /**
   * @param contents The files that were read, and those that would be if they existed, with their contents.
   * @param places The place of each key of the configuration, by path.
   * @param file The file to name where no place is known.
   */
  constructor(
    contents: FileContents,
    places: ReadonlyMap<string, Place>,
    follow?: { readonly settings: FollowSettings; readonly read: ReadAgain },
    file?: string,
    /** What the files contain in vain, surely by mistake. */
    readonly warnings: readonly ConfigIssue[] = [],
  ) {
    this.#contents = contents;
    this.#places = places;
    this.#follow = follow;
    this.#file = file;
  }

  /** Absolute paths of the files, the first the one that was named. */
  get files(): readonly string[] {
    return [...this.#contents.keys()];
  }

  /** The contents of the files. */
  get contents(): FileContents {
    return this.#contents;
  }

  /** The places of the keys of the configuration. */
  get places(): ReadonlyMap<string, Place> {
    return this.#places;
  }

  /** How the files are to be followed, if they are. */
  get follow(): { readonly settings: FollowSettings; readonly read: ReadAgain } | undefined {
    return this.#follow;
  }

  /** An error with its place, or that of the nearest thing around it. */
  locate(issue: ConfigIssue): ConfigIssue {
    if (issue.file !== undefined) return issue;
    for (let path = issue.path; ; path = path.slice(0, path.lastIndexOf('.'))) {
      const place = this.#places.get(path);
      if (place !== undefined) return { ...issue, ...place };
      if (!path.includes('.')) break;
    }
    const whole = this.#places.get('');
    if (whole !== undefined) return { ...issue, ...whole };
    return this.#file === undefined ? issue : { ...issue, file: this.#file };
  }
}

brand(ConfigOrigin.prototype, 'origin');

const isOrigin = branded<ConfigOrigin>('origin');

/** Notes on a configuration where it came from. */
export function setOrigin<T extends object>(config: T, origin: ConfigOrigin): T {
  return Object.assign(config, { [ORIGIN]: origin });
}

/** Where a configuration came from; `undefined` if it was written in a program. */
export function originOf(config: unknown): ConfigOrigin | undefined {
  const origin = isPlainObject(config) ? (config as { [ORIGIN]?: unknown })[ORIGIN] : undefined;
  return isOrigin(origin) ? origin : undefined;
}
