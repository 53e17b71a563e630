import { CRITICAL, DEBUG, ERROR, INFO, type Level, WARNING } from '../levels.js';
import { type CallBoundary, METHOD, nameMethod } from './caller.js';

/*
 * As in Python, a method may be passed around: `promise.catch(logger.warning)`, `{ logging: logger.debug }`. Reading
 * one from an object gives a function that belongs to this object. Reading it from the prototype gives the method itself;
 * assigning to it replaces the method.
 */

/** The methods that can be passed around, in the order in which a logger gets them. */
export const LOG_METHODS = [
  'debug',
  'info',
  'warning',
  'warn',
  'error',
  'exception',
  'critical',
  'fatal',
  'log',
] as const;
type Name = (typeof LOG_METHODS)[number];

type LogMethod = (msg: unknown, ...args: unknown[]) => void;

/** The parts of a logger that its methods need. */
interface Lendable extends Record<Exclude<Name, 'log'>, LogMethod> {
  log(level: Level, msg: unknown, ...args: unknown[]): void;
  /** The methods as they are now, spies and overrides included. */
  readonly 'nestjs-logging.methods': Omit<Lendable, 'nestjs-logging.methods'>;
  enables(levelno: number): boolean;
  logEnabled(
    boundary: CallBoundary,
    levelno: number,
    msg: unknown,
    args: unknown[],
    takesAnything?: boolean,
  ): void;
}

/** A logger whose methods can be passed around. No user's class has these names; a symbol would cost each call a look-up. */
interface Lender extends Lendable {
  readonly 'nestjs-logging.calls': Calls;
}

const LENT: unique symbol = Symbol.for('nestjs-logging.lent');

/**
 * Lets the log methods of loggers be passed around.
 *
 * A logger gets its functions when the first of them is read, so that an idle logger has none. It gets all of them in one
 * order, so that the engine sees one shape of logger. They are properties: an accessor would make a disabled call half as
 * expensive again. When a method of the prototype is replaced later, for example by a spy, they call the new one.
 *
 * @param isInstance False for the prototype, and for a property descriptor: some tools that replace methods call the
 * getter on it.
 * @param originalOf The logger that an object stands for which is none, but inherits the methods; if any.
 */
export function lendMethods(
  given: Lendable,
  isInstance: (object: object) => boolean,
  originalOf: (object: object) => object | undefined,
): void {
  // A constant, see below.
  const prototype = given as Lender;
  const methods = {} as Methods;
  for (const name of LOG_METHODS) methods[name] = prototype[name] as never;
  const ownFunctionOf = outOfLine(ownFunction);
  const read = (object: unknown, name: Name): unknown => {
    if (typeof object !== 'object' || object === null) return methods[name];
    if (isInstance(object)) return ownFunctionOf(object as Lender, name, methods, getters);
    const original = Object.prototype.isPrototypeOf.call(prototype, object) ? originalOf(object) : undefined;
    if (original === undefined) return methods[name];
    const own = ownFunctionOf(original as Lender, name, methods, getters) as LogMethod;
    // The function that the logger has, by which the caller is found; for a class that overrides it, what `super` calls.
    return Object.hasOwn(original, name) ? (original as Lender)[name] : own.bind(original);
  };
  Object.defineProperty(prototype, 'nestjs-logging.calls', { value: callsOf(methods) });
  // Written out one by one, so that the engine can optimise each.
  const readers: { [key in Name]: unknown } = {
    get debug() {
      return (this as unknown) === prototype ? methods.debug : read(this, 'debug');
    },
    get info() {
      return (this as unknown) === prototype ? methods.info : read(this, 'info');
    },
    get warning() {
      return (this as unknown) === prototype ? methods.warning : read(this, 'warning');
    },
    get warn() {
      return (this as unknown) === prototype ? methods.warn : read(this, 'warn');
    },
    get error() {
      return (this as unknown) === prototype ? methods.error : read(this, 'error');
    },
    get exception() {
      return (this as unknown) === prototype ? methods.exception : read(this, 'exception');
    },
    get critical() {
      return (this as unknown) === prototype ? methods.critical : read(this, 'critical');
    },
    get fatal() {
      return (this as unknown) === prototype ? methods.fatal : read(this, 'fatal');
    },
    get log() {
      return (this as unknown) === prototype ? methods.log : read(this, 'log');
    },
  };
  const getters = {} as Getters;
  for (const name of LOG_METHODS) {
    nameMethod(name, methods[name] as CallBoundary);
    getters[name] = Object.getOwnPropertyDescriptor(readers, name)?.get as () => unknown;
    defineAccessor(prototype, name, getters[name]);
  }
}

/** The bound function for a method of a logger. The logger gets those of all methods. */
function ownFunction(logger: Lender, name: Name, methods: Methods, getters: Getters): unknown {
  const prototype = Object.getPrototypeOf(logger) as Lender;
  const functions = functionsOf(logger);
  for (const each of LOG_METHODS) {
    // What was assigned to the logger stays, and so do overrides of a class, and spies.
    if (Object.hasOwn(logger, each) || !isOurs(prototype, each, methods, getters)) continue;
    // A frozen logger gets a new function each time.
    Reflect.defineProperty(logger, each, { value: functions[each], configurable: true, writable: true });
  }
  // Where a class overrides a method, `super` calls ours.
  return isOurs(prototype, name, methods, getters) ? functions[name] : methods[name];
}

/** Whether reading a method from a prototype gives ours. */
function isOurs(prototype: Lender, name: Name, methods: Methods, getters: Getters): boolean {
  // Comparing the getter instead of calling it: the first call of each has to be compiled, nine times at the first record.
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return getter === getters[name] || (prototype[name] as unknown) === methods[name];
}

/** Keeps the compiler from inlining a function that runs once into every loop that logs. */
function outOfLine<F extends (...args: never[]) => unknown>(work: F): F {
  return new Proxy(work, {});
}

type Methods = Record<Name, (this: Lender, ...args: never[]) => void>;
type Getters = Record<Name, () => unknown>;

/** Written out one by one, so that the engine knows what each calls; see {@link callsOf}. */
function functionsOf(logger: Lender): Record<Name, unknown> {
  return {
    debug(msg: unknown, ...args: unknown[]) {
      logger['nestjs-logging.calls'].debug(logger, msg, args);
    },
    info(msg: unknown, ...args: unknown[]) {
      logger['nestjs-logging.calls'].info(logger, msg, args);
    },
    warning(msg: unknown, ...args: unknown[]) {
      logger['nestjs-logging.calls'].warning(logger, msg, args);
    },
    warn(msg: unknown, ...args: unknown[]) {
      logger['nestjs-logging.calls'].warn(logger, msg, args);
    },
    error(msg: unknown, ...args: unknown[]) {
      logger['nestjs-logging.calls'].error(logger, msg, args);
    },
    exception(msg: unknown, ...args: unknown[]) {
      logger['nestjs-logging.calls'].exception(logger, msg, args);
    },
    critical(msg: unknown, ...args: unknown[]) {
      logger['nestjs-logging.calls'].critical(logger, msg, args);
    },
    fatal(msg: unknown, ...args: unknown[]) {
      logger['nestjs-logging.calls'].fatal(logger, msg, args);
    },
    log(...args: [level: Level, ...LogCallArguments]) {
      logger['nestjs-logging.methods'].log.apply(logger, args);
    },
  };
}

/**
 * What a logger's functions call: the method itself, as long as nothing replaced it. This is checked here, for the class,
 * because the engine can then predict it. Checked in each logger's function, it would make a disabled call a third slower
 * where several loggers share a line of source.
 */
function callsOf(ours: Methods): Calls {
  // The engine optimises a constant, but not a parameter.
  const methods = ours;
  return {
    debug(logger, msg, args) {
      if ((logger['nestjs-logging.methods'].debug as unknown) !== methods.debug)
        logger['nestjs-logging.methods'].debug.call(logger, msg, ...args);
      else if (logger.enables(DEBUG)) logger.logEnabled(logger.debug, DEBUG, msg, args);
    },
    info(logger, msg, args) {
      if ((logger['nestjs-logging.methods'].info as unknown) !== methods.info)
        logger['nestjs-logging.methods'].info.call(logger, msg, ...args);
      else if (logger.enables(INFO)) logger.logEnabled(logger.info, INFO, msg, args);
    },
    warning(logger, msg, args) {
      if ((logger['nestjs-logging.methods'].warning as unknown) !== methods.warning)
        logger['nestjs-logging.methods'].warning.call(logger, msg, ...args);
      else if (logger.enables(WARNING)) logger.logEnabled(logger.warning, WARNING, msg, args);
    },
    warn(logger, msg, args) {
      if ((logger['nestjs-logging.methods'].warn as unknown) !== methods.warn)
        logger['nestjs-logging.methods'].warn.call(logger, msg, ...args);
      else if (logger.enables(WARNING)) logger.logEnabled(logger.warn, WARNING, msg, args);
    },
    error(logger, msg, args) {
      if ((logger['nestjs-logging.methods'].error as unknown) !== methods.error)
        logger['nestjs-logging.methods'].error.call(logger, msg, ...args);
      else if (logger.enables(ERROR)) logger.logEnabled(logger.error, ERROR, msg, args);
    },
    exception(logger, msg, args) {
      if ((logger['nestjs-logging.methods'].exception as unknown) !== methods.exception)
        logger['nestjs-logging.methods'].exception.call(logger, msg, ...args);
      else if (logger.enables(ERROR)) logger.logEnabled(logger.exception, ERROR, msg, args, true);
    },
    critical(logger, msg, args) {
      if ((logger['nestjs-logging.methods'].critical as unknown) !== methods.critical)
        logger['nestjs-logging.methods'].critical.call(logger, msg, ...args);
      else if (logger.enables(CRITICAL)) logger.logEnabled(logger.critical, CRITICAL, msg, args);
    },
    fatal(logger, msg, args) {
      if ((logger['nestjs-logging.methods'].fatal as unknown) !== methods.fatal)
        logger['nestjs-logging.methods'].fatal.call(logger, msg, ...args);
      else if (logger.enables(CRITICAL)) logger.logEnabled(logger.fatal, CRITICAL, msg, args);
    },
  };
}

type Calls = Record<Exclude<Name, 'log'>, (logger: Lender, msg: unknown, args: unknown[]) => void>;

type LogCallArguments = [msg: unknown, ...args: unknown[]];

/** The functions that an object has lent; made with the object, since to add a property to it takes longer. */
export type LentFunctions = Method[];

/**
 * {@link lendMethods} for other classes with log methods. Each function calls the method on its object.
 *
 * @param lentBy What an instance has lent; `undefined` for what is none, but inherits the methods.
 */
export function lendMethodsOf(
  prototype: object,
  names: readonly string[],
  lentBy: (object: object) => LentFunctions | undefined,
): void {
  const lend = (object: object, method: Method, at: number): Method => {
    const functions = lentBy(object) ?? lentByOther(object, prototype);
    if (functions === undefined) return method;
    functions[at] ??= lentFunction(object, method);
    return functions[at];
  };
  for (const [at, name] of names.entries()) {
    const method = (prototype as Record<string, Method>)[name]!;
    defineAccessor(prototype, name, function (this: object): Method {
      // By index: to read properties of many names at one place takes longer.
      return lentBy(this)?.[at] ?? lend(this, method, at);
    });
  }
}

/** The same for an object that has an instance as its prototype, or a proxy. */
function lentByOther(object: object, prototype: object): LentFunctions | undefined {
  if (!Object.prototype.isPrototypeOf.call(prototype, object)) return undefined;
  if ((object as Borrower)[LENT] === undefined) Object.defineProperty(object, LENT, { value: [] });
  return (object as Borrower)[LENT];
}

function lentFunction(object: object, method: Method): Method {
  const lent: Method & { [METHOD]?: Method } = (...args) => method.apply(object, args);
  // Known to findCaller by it. Assigned: to define it takes five times as long as all the rest.
  lent[METHOD] = method;
  return lent;
}

/** Whether a method is the original, and not a replacement. */
export function isLent(bound: object, method: object): boolean {
  return bound === method || (bound as { [METHOD]?: object })[METHOD] === method;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

interface Borrower {
  [LENT]?: LentFunctions;
}

function defineAccessor(prototype: object, name: string, get: () => unknown): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: false,
    get,
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
    },
  });
}
