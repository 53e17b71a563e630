import type * as v from 'valibot';
import type { FilterLike } from '../../core/filter-like.js';
import type { Handler } from '../../core/handler.js';
import type { ComponentFactory } from '../plan/logging-config.js';
import type { BuiltinFilters, BuiltinFormatters, BuiltinHandlers } from './builtin-components.js';
import type {
  RegisteredFilters,
  RegisteredFormatters,
  RegisteredHandlers,
  RegisteredLevels,
} from './registered-components.js';

/** A reference to a value elsewhere: outside the configuration, or in another part of it. */
export type ConfigReference = `ext://${string}` | `cfg://${string}`;

/** The name of a level; at run time any case will do. */
export type LevelName =
  | ('CRITICAL' | 'FATAL' | 'ERROR' | 'WARNING' | 'WARN' | 'INFO' | 'DEBUG' | 'NOTSET')
  | keyof RegisteredLevels;

type ConfigLevel = LevelName | Lowercase<LevelName> | number | ConfigReference;

/** Classes by the names that the `class` of an entry may have. */
interface Classes {
  handler: BuiltinHandlers & RegisteredHandlers;
  formatter: BuiltinFormatters & RegisteredFormatters;
  filter: BuiltinFilters & RegisteredFilters;
}

/** The class of an entry that names none. */
interface DefaultClasses {
  handler: never;
  formatter: BuiltinFormatters['Formatter'];
  filter: BuiltinFilters['Filter'];
}

type Kind = keyof Classes;

/** The names that entries may refer to. */
interface Names {
  formatter: string;
  filter: string;
  handler: string;
}

/**
 * A configuration in which names that are not defined, and options that a class does not have, are compile errors.
 *
 * Each parameter maps the names of a section to the `class` of their entries: a registered name, or the class itself.
 */
export interface DefinedLogging<TFormatters, TFilters, THandlers> {
  /** The version of the schema. */
  version: 1;
  /** What turns records into text. */
  formatters?: { [TName in keyof TFormatters]: ComponentEntry<'formatter', TFormatters[TName]> };
  /** What lets records pass or not. */
  filters?: { [TName in keyof TFilters]: ComponentEntry<'filter', TFilters[TName]> };
  /** What brings records somewhere. */
  handlers?: {
    [TName in keyof THandlers]: HandlerEntry<
      THandlers[TName],
      DefinedNames<TFormatters, TFilters, THandlers>
    >;
  };
  /** The loggers, by name; an entry with the name of a group sets the level of its members. */
  loggers?: Record<string, DefinedLogger<DefinedNames<TFormatters, TFilters, THandlers>>>;
  /** The root logger. */
  root?: Omit<DefinedLogger<DefinedNames<TFormatters, TFilters, THandlers>>, 'propagate'> | null;
  /** Names for several loggers whose level is set together. */
  groups?: Record<string, readonly string[]>;
  /** Whether only levels and `propagate` of what exists are changed; default false. */
  incremental?: boolean;
  /** Whether loggers that exist and are not named here are switched off; default true. */
  disable_existing_loggers?: boolean;
}

interface DefinedNames<TFormatters, TFilters, THandlers> {
  formatter: NoInfer<keyof TFormatters & string>;
  filter: NoInfer<keyof TFilters & string>;
  handler: NoInfer<keyof THandlers & string>;
}

/** An entry of `loggers`. */
interface DefinedLogger<TNames extends Names> {
  /** Records below it are left out; without one the parent's counts. */
  level?: ConfigLevel | undefined;
  /** Names of entries of `handlers`. */
  handlers?: readonly TNames['handler'][] | undefined;
  /** Names of entries of `filters`, or filters themselves. */
  filters?: readonly (TNames['filter'] | FilterLike)[] | undefined;
  /** Whether records go on to the loggers above; at first true. */
  propagate?: boolean | undefined;
}

type ComponentEntry<TKind extends Kind, TClass> = Maker<TKind, TClass> & {
  /** Properties to set on what was made. */
  '.'?: Record<string, unknown> | undefined;
} & Options<TKind, TClass>;

type HandlerEntry<TClass, TNames extends Names> = Maker<'handler', TClass> &
  HandlerKeys<TNames> &
  Options<'handler', TClass, TNames['handler']>;

interface HandlerKeys<TNames extends Names> {
  /** Records below it are left out; default `NOTSET`. */
  level?: ConfigLevel | undefined;
  /** Name of an entry of `formatters`; without one the bare message is written. */
  formatter?: TNames['formatter'] | ConfigReference | null | undefined;
  /** Names of entries of `filters`, or filters themselves. */
  filters?: readonly (TNames['filter'] | FilterLike)[] | undefined;
  /** Properties to set on what was made. */
  '.'?: Record<string, unknown> | undefined;
}

/** The key that says what makes the component; a handler must have one. */
type Maker<TKind extends Kind, TClass> =
  | {
      /** A registered name, the class itself, a function, or, under Nest, an injection token. */
      class: CheckedClass<TKind, TClass>;
      '()'?: never;
    }
  | {
      /** The same as `class`, under the name that Python has for factories. */
      '()': CheckedClass<TKind, TClass>;
      class?: never;
    }
  | ([DefaultClasses[TKind]] extends [never] ? never : { class?: never; '()'?: never });

/** The class if it is one, or else what might stand there. */
type CheckedClass<TKind extends Kind, TClass> = TClass extends
  | keyof Classes[TKind]
  | ConfigReference
  | ComponentFactory
  | symbol
  ? TClass
  : keyof Classes[TKind];

/** The options of the class. */
type Options<
  TKind extends Kind,
  TClass,
  THandler extends string = never,
> = TClass extends keyof Classes[TKind]
  ? ClassOptions<Classes[TKind][TClass], THandler>
  : unknown extends TClass
    ? ClassOptions<DefaultClasses[TKind], THandler>
    : ClassOptions<TClass, THandler>;

/**
 * What the class or function takes as its first argument. Where that has methods it is no options object but an
 * injected service; then the class's schema counts, and without one anything goes.
 */
type ClassOptions<TClass, THandler extends string> = TClass extends
  | (abstract new (
      options: infer TOptions,
      ...rest: never[]
    ) => unknown)
  | ((options: infer TOptions, ...rest: never[]) => unknown)
  ? unknown extends TOptions
    ? Record<never, never>
    : HasMethods<Extract<TOptions, object>> extends true
      ? SchemaOptions<TClass, THandler>
      : Written<Extract<TOptions, object>, THandler>
  : AnyOptions;

type SchemaOptions<TClass, THandler extends string> = TClass extends {
  readonly optionsSchema: v.GenericSchema<infer TOptions extends object>;
}
  ? object extends TOptions
    ? AnyOptions
    : Written<TOptions, THandler>
  : AnyOptions;

// biome-ignore lint/suspicious/noExplicitAny: what is not known is not checked, and must not spoil the keys that are
type AnyOptions = { [option: string]: any };

type HasMethods<TOptions> = true extends {
  [TKey in keyof TOptions]-?: Record<never, never> extends Pick<TOptions, TKey>
    ? false
    : TOptions[TKey] extends (...args: never[]) => unknown
      ? true
      : false;
}[keyof TOptions]
  ? true
  : false;

/** Options as a configuration writes them, without the keys that are its own. */
type Written<TOptions, THandler extends string> = {
  [TKey in keyof TOptions as Exclude<TKey, EntryKey>]:
    | WrittenValue<TOptions[TKey], THandler>
    | ConfigReference;
};

type EntryKey = 'class' | '()' | '.' | 'level' | 'formatter' | 'filters';

/** Where a handler or a list of handlers is wanted, a configuration has their names. */
type WrittenValue<TValue, THandler extends string> = [TValue] extends [Handler | null | undefined]
  ? TValue | THandler
  : [TValue] extends [readonly Handler[] | null | undefined]
    ? TValue | readonly THandler[]
    : TValue;
