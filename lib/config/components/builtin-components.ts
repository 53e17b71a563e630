import * as context from '../../context/components.js';
import { COMPONENT, type Component, type ComponentsByName, componentsByName } from '../../core/component.js';
import * as filters from '../../filters/components.js';
import * as formatters from '../../formatters/components.js';
import type * as handlers from '../../handlers/components.js';
import * as localHandlers from '../../handlers/local-components.js';
import { lazy } from '../../runtime/lazy.js';
import type { ComponentFactory } from '../plan/logging-config.js';
import { type HandlersModule, handlersModule } from './handlers-module.js';

/** What can be named in a configuration. */
export type ComponentKind = 'handler' | 'formatter' | 'filter';

/** The built-in handlers' classes by name, as types. */
export type BuiltinHandlers = ComponentsByName<typeof handlers>;
/** The built-in formatters' classes by name, as types. */
export type BuiltinFormatters = ComponentsByName<typeof formatters>;
/** The built-in filters' classes by name, as types. */
export type BuiltinFilters = ComponentsByName<typeof filters & typeof context>;

/**
 * The handlers that send records somewhere. They are a third of the library, and most programs use one or none: they
 * are loaded by the first configuration that names one. Whether a name is one of theirs is known without loading them.
 */
const SENDING: Readonly<Record<Exclude<keyof BuiltinHandlers, keyof LocalHandlers>, true>> = {
  AMQPHandler: true,
  AdminEmailHandler: true,
  'django.utils.log.AdminEmailHandler': true,
  CloudWatchHandler: true,
  DatadogHandler: true,
  DatagramHandler: true,
  'logging.handlers.DatagramHandler': true,
  ElasticsearchHandler: true,
  FluentHandler: true,
  GELFHandler: true,
  HTTPHandler: true,
  'logging.handlers.HTTPHandler': true,
  JournaldHandler: true,
  KafkaHandler: true,
  LokiHandler: true,
  NATSHandler: true,
  OTLPHandler: true,
  OpenTelemetryHandler: true,
  RedisStreamHandler: true,
  RelpHandler: true,
  SMTPHandler: true,
  'logging.handlers.SMTPHandler': true,
  SocketHandler: true,
  'logging.handlers.SocketHandler': true,
  SplunkHandler: true,
  SysLogHandler: true,
  'logging.handlers.SysLogHandler': true,
};

type LocalHandlers = ComponentsByName<typeof localHandlers>;
type Classes = ReadonlyMap<string, ComponentFactory>;

/** The classes that are there without loading anything. */
const local = lazy(
  (): Readonly<Record<ComponentKind, Classes>> => ({
    handler: componentsByName(localHandlers),
    formatter: componentsByName(formatters),
    filter: componentsByName({ ...filters, ...context }),
  }),
);

const sending = lazy((): Classes => componentsByName(componentsOf(handlersModule())));

/**
 * The built-in class that configurations know by a name; `undefined` if there is none.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is one of those that are loaded, and that fails.
 */
export function findBuiltinComponent(kind: ComponentKind, name: string): ComponentFactory | undefined {
  return (
    local()[kind].get(name) ??
    (kind === 'handler' && Object.hasOwn(SENDING, name) ? sending().get(name) : undefined)
  );
}

/** The names of the built-in classes of a kind. */
export function builtinNames(kind: ComponentKind): string[] {
  return [...local()[kind].keys(), ...(kind === 'handler' ? Object.keys(SENDING) : [])];
}

/** The classes among what the module exports: beside them it has functions, and classes to derive from. */
function componentsOf(module: HandlersModule): Record<string, ComponentFactory & Component> {
  return Object.fromEntries(
    Object.entries(module).filter((entry): entry is [string, ComponentFactory & Component] => {
      const [, value] = entry;
      // Its own: a class to derive from may have inherited that of its parent.
      return typeof value === 'function' && Object.hasOwn(value, COMPONENT);
    }),
  );
}
