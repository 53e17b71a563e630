import type { ComponentFactory, LoggingConfig } from '../../../lib/config/plan/logging-config.js';

/** A configuration of the kind that a public project has, and what is sent through it on both sides. */
export interface RealConfiguration {
  /** For `dictConfig`, or the text of an INI file. `{DIR}` is the folder for its files. */
  readonly config: object | string;
  /** A second configuration, applied after the first. */
  readonly second?: object;
  /** Values for an INI file, or what `%(here)s` stands for. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Loggers that exist before; others are asked for after. */
  readonly before?: readonly string[];
  /** Loggers that every level is sent through. */
  readonly loggers: readonly string[];
  /** Fields of every call. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The text of the module `shop`, whose names the configuration uses, in Python. */
  readonly python?: string;
  /** The same names here. */
  readonly shop?: {
    readonly handler?: Readonly<Record<string, ComponentFactory>>;
    readonly formatter?: Readonly<Record<string, ComponentFactory>>;
    readonly filter?: Readonly<Record<string, ComponentFactory>>;
    readonly external?: Readonly<Record<string, unknown>>;
  };
  /** Names of levels to add before. */
  readonly levels?: Readonly<Record<string, number>>;
  /** A package that Python has to have. */
  readonly needs?: string;
  /** The first minor version of Python 3 that takes it. */
  readonly since?: number;
}

/** Both sides' words for the configuration with its folder filled in. */
export function placed<T extends object | string>(config: T, folder: string): T {
  if (typeof config === 'string') return config.replaceAll('{DIR}', folder) as T;
  return JSON.parse(JSON.stringify(config).replaceAll('{DIR}', folder)) as T;
}

/** For `dictConfig`. */
export const asConfig = (config: object): LoggingConfig => config as LoggingConfig;
