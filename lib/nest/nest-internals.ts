import {
  Body,
  Controller,
  type ForwardReference,
  forwardRef,
  Get,
  Inject,
  Injectable,
  Logger,
  type LoggerService,
  type LogLevel,
  type Type,
  UseFilters,
  UseGuards,
  Version,
} from '@nestjs/common';
import { BaseExceptionFilter, type ModulesContainer } from '@nestjs/core';
import { reportNotice } from '../core/reports/diagnostics.js';
import { globalSlot } from '../runtime/global-slot.js';
import type { Undo } from './instrumentation.js';

/*
 * Everything that this package relies on and that Nest and its packages do not promise: the metadata keys of their
 * decorators, private fields, names of classes, the order of events.
 *
 * The table below lists each, with what is lost without it. Each is checked when an application starts: `checkNest` checks
 * those that every application has, `expectInternal` the others when they are first used. A change in a version of Nest is
 * reported on standard error, once a process. Nothing is thrown, and the application goes on without the feature.
 */

const COMMON = '@nestjs/common';
const CORE = '@nestjs/core';
const MICROSERVICES = '@nestjs/microservices';
const SCHEDULE = '@nestjs/schedule';
const EVENTS = '@nestjs/event-emitter';

/** The keys of marks: of Nest since its version 5 (versions of routes since 8), and of its packages. */
export const MARKS = {
  injectable: '__injectable__',
  parameterTokens: 'self:paramtypes',
  propertyTokens: 'self:properties_metadata',
  optionalParameters: 'optional:paramtypes',
  optionalProperties: 'optional:properties_metadata',
  /** TypeScript's own. */
  parameterTypes: 'design:paramtypes',
  route: 'path',
  host: 'host',
  version: '__version__',
  filters: '__exceptionFilters__',
  guards: '__guards__',
  routeArguments: '__routeArguments__',
  rpcPattern: 'microservices:pattern',
  rpcTransport: 'microservices:transport',
  wsHandler: 'websockets:message_mapping',
  wsPattern: 'message',
  resolver: 'graphql:resolver_type',
  fieldResolver: 'graphql:resolve_property',
  referenceResolver: 'graphql:resolve_reference',
  fieldMiddleware: 'graphql:field_resolver_middleware',
  jobType: 'SCHEDULER_TYPE',
  jobName: 'SCHEDULER_NAME',
  eventListener: 'EVENT_LISTENER_METADATA',
} as const;

/** One of these is on every resolver of `@nestjs/graphql`. */
export const RESOLVER_MARKS = [MARKS.resolver, MARKS.fieldResolver, MARKS.referenceResolver] as const;

/** An internal: which package has it, what it is, and what is lost without it. */
const INTERNALS = {
  injectable: [COMMON, `mark '${MARKS.injectable}'`, 'handlers, formatters and filters get no services'],
  parameterTokens: [COMMON, `mark '${MARKS.parameterTokens}'`, 'errors of injection are not explained'],
  propertyTokens: [COMMON, `mark '${MARKS.propertyTokens}'`, 'errors of injection are not explained'],
  route: [COMMON, `mark '${MARKS.route}'`, 'what handlers of routes throw is not logged'],
  host: [COMMON, `mark '${MARKS.host}'`, 'access records may name the handler of another host'],
  version: [COMMON, `mark '${MARKS.version}'`, 'http.exclude does not know paths without their version'],
  filters: [
    COMMON,
    `mark '${MARKS.filters}'`,
    'failures that a filter of the application answers are not logged',
  ],
  guards: [
    COMMON,
    `mark '${MARKS.guards}'`,
    'records of messages that several gateways handle name no handler',
  ],
  routeArguments: [COMMON, `mark '${MARKS.routeArguments}'`, 'fields of GraphQL take longer to resolve'],
  currentLogger: [COMMON, 'Logger.staticInstanceRef', 'Nest logs past this package'],
  bufferedCalls: [COMMON, 'Logger.logBuffer', 'what bufferLogs keeps gets the time of the flush'],
  failureLogger: [CORE, "logger 'ExceptionsHandler'", 'failures of requests are logged twice'],
  filterChoice: [CORE, 'choice of filters by instanceof', 'what handlers throw is not logged'],
  forwardReference: [CORE, 'early look at forward references', 'records of the start may come out of order'],
  loading: [
    CORE,
    'settlementSignal of providers',
    'an application that cannot start leaves its hooks behind',
  ],
  distance: [CORE, 'distance of modules', 'what other modules log when they close is lost'],
  copiedMarks: [CORE, 'marks of methods on the handlers of routes', 'access records name no handler'],
  fastifyHook: ['@nestjs/platform-fastify', 'setOnRequestHook', 'requests have no context'],
  addHandler: [MICROSERVICES, 'addHandler of transports', 'messages are not logged'],
  unhandled: [MICROSERVICES, 'getHandlerByPattern of transports', 'messages without handler are not logged'],
  rpcPattern: [MICROSERVICES, `mark '${MARKS.rpcPattern}'`, 'records of messages name no handler'],
  wsPattern: ['@nestjs/websockets', `mark '${MARKS.wsPattern}'`, 'records of messages name no handler'],
  resolver: ['@nestjs/graphql', `mark '${MARKS.resolver}'`, 'failures that a filter answers are not logged'],
  jobs: [SCHEDULE, 'ScheduleExplorer.wrapFunctionInTryCatchBlocks', 'jobs are not logged'],
  jobType: [SCHEDULE, `mark '${MARKS.jobType}'`, 'records of jobs do not show their type'],
  jobLogger: [SCHEDULE, "logger 'Scheduler'", 'failures of jobs are logged twice'],
  events: [EVENTS, 'EventSubscribersLoader.wrapFunctionInTryCatchBlocks', 'listeners are not logged'],
  eventListener: [EVENTS, `mark '${MARKS.eventListener}'`, 'records of listeners do not name the event'],
  eventLogger: [EVENTS, "logger 'Event'", 'failures of listeners are logged twice'],
  processorWorker: ['@nestjs/bullmq', '_worker of processors', 'jobs are not logged'],
  workerRun: ['bullmq', 'callProcessJob of workers', 'jobs are not logged'],
} as const satisfies Record<string, readonly [owner: string, what: string, lost: string]>;

/** The name of an internal. */
export type InternalName = keyof typeof INTERNALS;

/** Every name, for tests. */
export const internalNames = Object.keys(INTERNALS) as readonly InternalName[];

/** The names that were not found in this process. */
export function missingInternals(): readonly string[] {
  return [...here.missing];
}

const here = globalSlot('nest.internals.1', () => ({
  missing: new Set<string>(),
  /** The copies of Nest that were checked. */
  checked: new WeakSet<object>(),
}));

/**
 * Notes whether an internal was found. If it was not, that is reported the first time.
 *
 * @returns What it was given.
 */
export function expectInternal(name: InternalName, isFound: boolean): boolean {
  if (isFound || here.missing.has(name)) return isFound;
  here.missing.add(name);
  const [owner, what, lost] = INTERNALS[name];
  reportNotice(`this version of ${owner} has no ${what}: ${lost}`);
  return false;
}

/** The parts of Nest that are checked; tests pass others. */
export const nest = {
  BaseExceptionFilter,
  Body,
  Controller,
  Get,
  Inject,
  Injectable,
  Logger,
  UseFilters,
  UseGuards,
  Version,
};

/** What {@link checkNest} looks at. */
export interface NestUnderCheck {
  readonly nest: typeof nest;
  readonly modules: ModulesContainer;
}

/** Checks what every application has, once for each copy of Nest: decorators leave their marks on a class that is thrown away. */
export function checkNest(given: NestUnderCheck): void {
  if (here.checked.has(given.nest)) return;
  here.checked.add(given.nest);
  for (const [name, isFound] of Object.entries(checks(given)))
    expectInternal(name as InternalName, holds(isFound));
}

function checks({ nest, modules }: NestUnderCheck) {
  const { type, handler, filter, guard } = markedClass(nest);
  const of = (key: string, target: object = type): unknown => Reflect.getMetadata(key, target);
  const all = [...modules.values()];
  return {
    injectable: () => Reflect.hasMetadata(MARKS.injectable, type),
    parameterTokens: () => (of(MARKS.parameterTokens) as [{ param: unknown }])[0].param === 'here',
    propertyTokens: () => (of(MARKS.propertyTokens) as [{ type: unknown }])[0].type === 'here',
    route: () => of(MARKS.route, handler) === 'here',
    host: () => of(MARKS.host) === 'there',
    version: () => of(MARKS.version, handler) === '1',
    filters: () => (of(MARKS.filters, handler) as unknown[]).includes(filter),
    guards: () => (of(MARKS.guards) as unknown[]).includes(guard),
    routeArguments: () => Reflect.hasMetadata(MARKS.routeArguments, type, 'handler'),
    currentLogger: () => 'staticInstanceRef' in nest.Logger,
    bufferedCalls: () => Array.isArray(bufferedCalls(nest.Logger)),
    failureLogger: () => hasLogger(nest.BaseExceptionFilter, FAILURE_CONTEXT),
    loading: () => all.some(({ providers }) => [...providers.values()].some((one) => loadingOf(one))),
    distance: () => all.every(({ distance }) => typeof distance === 'number'),
  } satisfies { readonly [Name in InternalName]?: () => unknown };
}

/** A check that throws counts as one that found nothing. */
function holds(check: () => unknown): boolean {
  try {
    return Boolean(check());
  } catch {
    return false;
  }
}

/** A class with all the marks. */
function markedClass(decorators: typeof nest) {
  const { Body, Controller, Get, Inject, Injectable, UseFilters, UseGuards, Version } = decorators;
  class Marked {
    handler(): void {}
  }
  class MarkedFilter {
    catch(): void {}
  }
  class MarkedGuard {
    canActivate(): boolean {
      return true;
    }
  }
  const { prototype } = Marked;
  const { handler } = prototype;
  const member = Object.getOwnPropertyDescriptor(prototype, 'handler') as TypedPropertyDescriptor<unknown>;
  const decorations: (() => unknown)[] = [
    () => Controller({ path: 'here', host: 'there' })(Marked),
    () => Injectable()(Marked),
    () => Inject('here')(Marked, undefined, 0),
    () => Inject('here')(prototype, 'field'),
    () => Get('here')(prototype, 'handler', member),
    () => Version('1')(prototype, 'handler', member),
    () => Body()(prototype, 'handler', 0),
    () => UseFilters(MarkedFilter)(prototype, 'handler', member),
    () => UseGuards(MarkedGuard)(Marked),
  ];
  for (const decorate of decorations) holds(decorate);
  return { type: Marked, handler, filter: MarkedFilter, guard: MarkedGuard };
}

/**
 * A module to import, and a function that is called when an application takes it in, before anything of the application
 * is made.
 *
 * Nest has no hook for that moment. It looks at forward references then, once or more for each application.
 *
 * Earlier versions of Nest 11 (11.2.1, for one) make a module for a reference in the imports of a dynamic module, and another
 * for its class: they keep the id of a module on what they are given. So the reference keeps on the class what is kept on it.
 */
export function whenTakenIn(module: Type, begin: () => void): ForwardReference {
  const reference = forwardRef(() => {
    begin();
    return module;
  });
  return new Proxy(module, {
    get: (target, key) => (key === 'forwardRef' ? reference.forwardRef : Reflect.get(target, key)),
  }) as unknown as ForwardReference;
}

/**
 * Calls a function with each microservice of an application, as it is made. The first versions of Nest 11 do not say which
 * there are: messages have no records there.
 */
export function forEachRpcServer<Server>(modules: ModulesContainer, take: (server: Server) => void): Undo {
  if (typeof modules.getRpcTargetRegistry !== 'function') return () => {};
  const servers = modules.getRpcTargetRegistry<Server>().subscribe(take);
  return () => servers.unsubscribe();
}

/** Makes modules the first at start and the last at the end: Nest orders them by their distance from the root module. */
export function takeFirstTurn(modules: ModulesContainer, type: object): Undo {
  const own = [...modules.values()].filter(({ metatype }) => metatype === type);
  const distances = own.map(({ distance }) => distance);
  for (const module of own) module.distance = Number.POSITIVE_INFINITY;
  return () => {
    for (const [index, module] of own.entries()) module.distance = distances[index] as number;
  };
}

/**
 * The loading of a provider: rejects, or resolves with the error, if it cannot be made. `undefined` where it has not
 * begun, or Nest does not say.
 */
export function loadingOf(provider: object): Promise<unknown> | undefined {
  const { settlementSignal: signal } = provider as { settlementSignal?: { asPromise?(): Promise<unknown> } };
  return typeof signal?.asPromise === 'function' ? signal.asPromise() : undefined;
}

/** Where all of Nest's loggers log; `undefined` with `logger: false`. */
export function currentNestLogger(): LoggerService | undefined {
  return (Logger as unknown as { staticInstanceRef?: LoggerService }).staticInstanceRef;
}

/** The levels that an application has given Nest, if it has. */
export function nestLogLevels(): LogLevel[] | undefined {
  return (Logger as unknown as { logLevels?: LogLevel[] }).logLevels;
}

/** A call that Nest keeps for later, with `bufferLogs`. */
export interface BufferedCall {
  methodRef: (...args: unknown[]) => unknown;
}

/** The calls that Nest keeps. It takes a new list when it has handed them on. */
export function bufferedCalls(logger: object = Logger): BufferedCall[] | undefined {
  const { logBuffer } = logger as { logBuffer?: BufferedCall[] };
  return Array.isArray(logBuffer) ? logBuffer : undefined;
}

/** Whether a logger is the one of `@nestjs/testing`, by the name of its class: no application that starts has it. */
export function isTestingLogger(logger: object): boolean {
  return logger.constructor.name === 'TestingLogger';
}

const FAILURE_CONTEXT = 'ExceptionsHandler';

/** Where Nest logs what failed in a request, a message or a job. */
export const FAILURE_CONTEXTS: ReadonlySet<string | undefined> = new Set([
  FAILURE_CONTEXT,
  'RpcExceptionsHandler',
  'Scheduler',
  'StreamableFile',
  'WsExceptionsHandler',
]);

/** Where Nest logs what broke an answer that was being sent: events, files. */
export const ANSWER_CONTEXTS: ReadonlySet<string | undefined> = new Set([
  'RouterResponseController',
  'StreamableFile',
]);

/** Where `@nestjs/event-emitter` logs what listeners throw. */
export const EVENT_CONTEXT = 'Event';

/**
 * Whether Nest logs, here and now, what an application could not start for.
 *
 * Its logger is named after a class, which a bundler may have renamed; the methods it is called from keep their names.
 */
export function isBootFailure(context: string | undefined, isBooting: () => boolean): boolean {
  if (context === 'ExceptionHandler') return true;
  return isBooting() && /\bhandle \(.*\n\s+at \S*\b(asyncRun|run) \(/.test(new Error().stack ?? '');
}

/** Whether an object of Nest's, or a class, logs in a context. */
export function hasLogger(owner: object, context: string): boolean {
  return (owner as { logger?: { context?: unknown } }).logger?.context === context;
}

/** A provider that looks for the jobs and listeners of an application. */
export interface Explorers {
  /** Of `@nestjs/schedule`. */
  readonly jobs: object[];
  /** Of `@nestjs/event-emitter`. */
  readonly events: object[];
  /** Of `@nestjs/bullmq`. */
  readonly processors: object[];
}

/** Finds the providers that look for jobs and listeners, by the names of their classes and methods. */
export function explorersIn(modules: ModulesContainer): Explorers {
  const found: Explorers = { jobs: [], events: [], processors: [] };
  const names = new Set<unknown>();
  for (const { providers } of modules.values()) {
    for (const { metatype, instance } of providers.values()) {
      if (typeof instance !== 'object' || instance === null || typeof metatype !== 'function') continue;
      names.add(metatype.name);
      if (metatype.name === 'ScheduleExplorer') found.jobs.push(instance);
      else if (metatype.name === 'EventSubscribersLoader') found.events.push(instance);
      else if (findsProcessors(instance)) found.processors.push(instance);
    }
  }
  const areWrapped = (explorers: readonly object[]): boolean =>
    explorers.length > 0 && explorers.every((one) => WRAP in one);
  // What is beside them in their packages.
  if (names.has('SchedulerMetadataAccessor')) expectInternal('jobs', areWrapped(found.jobs));
  if (names.has('EventsMetadataAccessor')) expectInternal('events', areWrapped(found.events));
  return found;
}

const WRAP = 'wrapFunctionInTryCatchBlocks';

/** Whatever a bundler has made of the name of its class. */
function findsProcessors(instance: object): boolean {
  return 'handleProcessor' in instance && 'handleWorkerEvents' in instance;
}
