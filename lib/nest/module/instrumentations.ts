import {
  type AbstractHttpAdapter,
  type ApplicationConfig,
  type ExternalContextCreator,
  type HttpAdapterHost,
  type ModulesContainer,
} from '@nestjs/core';
import { installContextProvider, installTracing } from '../../context/context-provider.js';
import { putFirst, takeOff, type Undo, UndoList } from '../instrumentation.js';
import { forEachRpcServer, takeFirstTurn } from '../internals/nest-modules.js';
import { hasLiveApplications } from '../lifecycle/active-logging.js';
import { endBoot, isBooting } from '../lifecycle/boot.js';
import { watchBootHooks } from '../lifecycle/boot-hooks.js';
import { watchResolvers } from '../messages/graphql-instrumentation.js';
import { watchJobs } from '../messages/jobs-instrumentation.js';
import { watchRpcServers } from '../messages/rpc-instrumentation.js';
import { watchGateways } from '../messages/ws-instrumentation.js';
import { installNestLogger, uninstallNestLogger } from '../nest-logger/nest-logger-installation.js';
import { exceptionFilter, watchHandlers } from '../requests/handler-filters.js';
import { mountRequestLog } from '../requests/platform-instrumentation.js';
import { RequestIds } from '../requests/request-id.js';
import { RouteObserver } from '../requests/route-observer.guard.js';
import { noteRoutedHandlers } from '../requests/routed-handlers.js';
import { tuneServer } from '../tuning/server-tuning.js';
import { LaterNames } from './later-names.js';
import { LoggingInterceptor } from './logging.interceptor.js';
import { LoggingExceptionFilter } from './logging-exception.filter.js';
import type { ResolvedLoggingOptions } from './logging-options.js';

/** What an instrumentation is given of an application. */
export interface InstrumentedApplication {
  readonly modules: ModulesContainer;
  readonly config: ApplicationConfig;
  readonly host: HttpAdapterHost;
  readonly creator: ExternalContextCreator;
  readonly options: ResolvedLoggingOptions;
  /** The interceptor that the container made. */
  readonly interceptor: LoggingInterceptor;
  /** The class of the module that instruments it. */
  readonly owner: object;
  /** Whether it has microservices. */
  isMicroservice: boolean;
  /** Ends it: nobody else can. */
  readonly end: () => void;
}

/**
 * When an instrumentation is installed:
 *
 * - `modules`: the modules are being made; the configuration is active.
 * - `routes`: before routes are made. Every guard and filter of the application is known.
 * - `hooks`: before other modules run their `onModuleInit`, where packages look for what they are to run.
 */
export type Stage = 'modules' | 'routes' | 'hooks';

/** One thing that is done to an application while it runs. */
export interface Instrumentation {
  readonly name: string;
  readonly stage: Stage;
  /** Whether it is undone only when the handlers close, because records until then need it. */
  readonly servesLastRecords?: true;
  /** Whether an application gets it; default every one. */
  isWanted?(application: InstrumentedApplication): boolean;
  /** Installs it. @returns The undo, also of changes that it makes later. */
  install(application: InstrumentedApplication): Undo;
}

/**
 * All that `LoggingModule` does to an application, in order of installation. When the application closes, each is undone,
 * the last first.
 */
export const instrumentations: readonly Instrumentation[] = [
  {
    name: "Nest's logger",
    stage: 'modules',
    servesLastRecords: true,
    install: ({ options }) => {
      // Another application may have given Nest its own logger back when it ended.
      if (options.replaceNestLogger) installNestLogger();
      return () => {
        if (!hasLiveApplications() && !isBooting()) uninstallNestLogger();
      };
    },
  },
  {
    name: 'context of records',
    stage: 'modules',
    servesLastRecords: true,
    install: ({ options }) => (options.context ? installContextProvider() : installTracing()),
  },
  {
    name: 'order of hooks',
    stage: 'modules',
    install: ({ modules, owner }) => takeFirstTurn(modules, owner),
  },
  {
    name: 'names injected later',
    stage: 'modules',
    install: ({ modules }) => {
      const laterNames = new LaterNames(modules);
      return () => laterNames.stop();
    },
  },
  {
    name: 'filter of handlers',
    stage: 'modules',
    install: ({ modules, options: { http, messages } }) =>
      watchHandlers(modules, http.exceptionFilter || http.enabled, messages),
  },
  {
    name: 'microservices',
    stage: 'modules',
    install: (application) => {
      const { modules } = application;
      return forEachRpcServer(modules, () => {
        application.isMicroservice = true;
        endBoot(modules);
      });
    },
  },
  {
    name: 'gateways',
    stage: 'modules',
    isWanted: ({ options }) => options.messages,
    install: ({ config, modules, options }) => watchGateways(config, modules, options.context),
  },
  {
    name: 'GraphQL resolvers',
    stage: 'modules',
    isWanted: ({ options }) => options.messages,
    install: ({ creator, options }) => watchResolvers(creator, options.context),
  },
  {
    name: 'messages of microservices',
    stage: 'modules',
    isWanted: ({ options }) => options.messages,
    install: ({ modules, options }) =>
      watchRpcServers(modules, new RequestIds(options.requestId), options.context),
  },
  {
    name: 'request log',
    stage: 'modules',
    isWanted: followsRequests,
    install: installRequestLog,
  },
  {
    name: 'tuning of the server',
    stage: 'routes',
    isWanted: hasAdapter,
    install: ({ host, options }) => tuneServer(host.httpAdapter, options.http.tuning),
  },
  {
    name: 'handlers of routes',
    stage: 'routes',
    isWanted: (application) => hasAdapter(application) && followsRequests(application),
    install: ({ host, modules, config }) =>
      noteRoutedHandlers(host.httpAdapter, modules, config) ??
      putFirst(config.getGlobalGuards(), new RouteObserver()),
  },
  {
    name: 'interceptor',
    stage: 'routes',
    isWanted: ({ options }) => options.http.interceptor,
    install: ({ config, interceptor }) => putFirst(config.getGlobalInterceptors(), interceptor),
  },
  {
    name: 'global filter',
    stage: 'routes',
    isWanted: ({ options: { http } }) => http.exceptionFilter || http.enabled,
    install: ({ config }) => {
      config.addGlobalFilter(exceptionFilter);
      return () => takeOff(config.getGlobalFilters(), exceptionFilter);
    },
  },
  {
    name: 'start-up hooks',
    stage: 'hooks',
    install: (application) =>
      watchBootHooks(application.modules, () => {
        // An application context is initialised before the caller gets it, who therefore cannot close it if that fails.
        if (!hasAdapter(application) && !application.isMicroservice) application.end();
      }),
  },
  {
    name: 'jobs and events',
    stage: 'hooks',
    isWanted: ({ options }) => options.messages,
    install: ({ modules, options }) => watchJobs(modules, options.context),
  },
];

function installRequestLog({ host, config, modules, options }: InstrumentedApplication): Undo {
  const undos = new UndoList();
  const ids = new RequestIds(options.requestId);
  const mount = (): void => {
    const { httpAdapter: adapter } = host;
    if (isAdapter(adapter))
      undos.add(mountRequestLog({ adapter, config, modules }, options.http, ids, options.context));
  };
  // In tests the platform is chosen after the modules are made.
  if (isAdapter(host.httpAdapter)) mount();
  else {
    const made = host.init$.subscribe(mount);
    undos.add(() => made.unsubscribe());
  }
  return undos.undo;
}

function followsRequests(application: InstrumentedApplication): boolean {
  const { http, context } = application.options;
  return http.enabled || http.exceptionFilter || context || usesParts(application);
}

/** Whether an application has bound the interceptor or the filter itself: for them, requests have to be known. */
function usesParts({ modules, owner }: InstrumentedApplication): boolean {
  const parts: unknown[] = [LoggingInterceptor, LoggingExceptionFilter];
  return [...modules.values()].some(
    ({ metatype, injectables, providers }) =>
      metatype !== owner &&
      [...injectables.values(), ...providers.values()].some((one) => parts.includes(one.metatype)),
  );
}

function hasAdapter({ host }: InstrumentedApplication): boolean {
  return isAdapter(host.httpAdapter);
}

function isAdapter(adapter: unknown): adapter is AbstractHttpAdapter {
  return typeof (adapter as { getType?: unknown } | undefined)?.getType === 'function';
}
