import { reportNotice } from '../../core/reports/diagnostics.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { MARKS } from './marks.js';

/*
 * This room has everything that the package relies on and that Nest and its packages do not promise: the metadata keys of
 * their decorators, private fields, names of classes, the order of events.
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

const here = globalSlot('nest.internals.2', () => ({ missing: new Set<string>() }));

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

/** Every name, for tests. */
export const internalNames = Object.keys(INTERNALS) as readonly InternalName[];

/** The names that were not found in this process. */
export function missingInternals(): readonly string[] {
  return [...here.missing];
}
