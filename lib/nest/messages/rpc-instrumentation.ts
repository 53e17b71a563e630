import type { ModulesContainer } from '@nestjs/core';
import { replaceMethod, type Undo, UndoList } from '../instrumentation.js';
import { expectInternal } from '../internals/expected-internals.js';
import { forEachRpcServer } from '../internals/nest-modules.js';
import { HandlerNames } from '../work/handler-names.js';
import { headerOf } from './carried-headers.js';
import { followMessage } from './follow-message.js';
import type { MessageIds } from './message.js';
import { currentMessage, Message } from './message.js';
import { logUnhandled, type MessageDescription } from './message-record.js';
import { cutPattern, patternText } from './pattern-text.js';

/** What handles a pattern: Nest chains the listeners of an event by `next`. */
interface MessageHandler {
  (...args: unknown[]): unknown;
  next?: MessageHandler;
}

/** The part of Nest's transports that is used here; custom ones inherit it. */
interface RpcServer {
  readonly transportId?: number | string | symbol;
  addHandler(pattern: unknown, handler: MessageHandler, isEvent?: boolean, extras?: unknown): unknown;
  getHandlerByPattern?(pattern: string): unknown;
  handleEvent?(...args: unknown[]): unknown;
}

/** By Nest's numbers. */
const TRANSPORTS = ['tcp', 'redis', 'nats', 'mqtt', 'grpc', 'rmq', 'kafka'];

/**
 * Instruments every microservice of an application: the application itself if it is one, and those that are connected
 * to it, with or without its configuration.
 */
export function watchRpcServers(modules: ModulesContainer, ids: MessageIds, usesContext: boolean): Undo {
  const undos = new UndoList();
  const names = new HandlerNames(modules, 'rpc');
  undos.add(
    forEachRpcServer<RpcServer>(modules, (server) => {
      undos.add(...watchServer(server, names, ids, usesContext));
    }),
  );
  return undos.undo;
}

function watchServer(server: RpcServer, names: HandlerNames, ids: MessageIds, usesContext: boolean): Undo[] {
  if (!expectInternal('addHandler', typeof server.addHandler === 'function')) return [];
  const transport = transportOf(server);
  return [watchHandlers(server, transport, names, ids, usesContext), ...watchUnhandled(server, transport)];
}

function watchHandlers(
  server: RpcServer,
  transport: string,
  names: HandlerNames,
  ids: MessageIds,
  usesContext: boolean,
): Undo {
  return replaceMethod(
    server,
    'addHandler',
    (addHandler: RpcServer['addHandler']) =>
      function (this: unknown, pattern: unknown, handler: MessageHandler, isEvent?: boolean, ...rest) {
        const fields = {
          transport,
          type: isEvent ? 'event' : 'request',
          ...names.find(pattern, server.transportId),
        };
        const description = { kind: 'rpc', pattern: textOf(pattern), fields } as const;
        const followed = follow(handler, description, ids, usesContext);
        return Reflect.apply(addHandler, this, [pattern, followed, isEvent, ...rest]);
      },
  );
}

function follow(
  handler: MessageHandler,
  description: Omit<MessageDescription, 'id' | 'header'>,
  ids: MessageIds,
  usesContext: boolean,
): MessageHandler {
  const followed: MessageHandler = (...args) => {
    const source = sourceOf(args);
    // A second listener of the same event: part of the message that the first one got.
    if (source !== undefined && currentMessage()?.description.source === source) return handler(...args);
    const header = headerOf(source);
    const message = new Message({ ...description, source, header, id: ids.ofMessage(header) }, usesContext);
    return followMessage(message, () => handler(...args));
  };
  // Nest's handlers look for the next one on themselves.
  return Object.defineProperty(followed, 'next', {
    configurable: true,
    get: () => handler.next,
    set: (next: MessageHandler) => {
      handler.next = next;
    },
  });
}

/** Requests for which there is no handler get an error from Nest, and no log line; events get one. */
function watchUnhandled(server: RpcServer, transport: string): Undo[] {
  const { getHandlerByPattern, handleEvent } = server;
  const isFound = typeof getHandlerByPattern === 'function' && typeof handleEvent === 'function';
  if (!expectInternal('unhandled', isFound)) return [];
  let isEvent = false;
  const noteEvents = replaceMethod(
    server,
    'handleEvent',
    (handleEvent: NonNullable<RpcServer['handleEvent']>) =>
      function (this: unknown, ...args: unknown[]) {
        isEvent = true;
        try {
          return Reflect.apply(handleEvent, this, args);
        } finally {
          isEvent = false;
        }
      },
  );
  const noteMissing = replaceMethod(
    server,
    'getHandlerByPattern',
    (getHandlerByPattern: NonNullable<RpcServer['getHandlerByPattern']>) =>
      function (this: unknown, pattern: string, ...rest: unknown[]) {
        const handler = Reflect.apply(getHandlerByPattern, this, [pattern, ...rest]) as unknown;
        if (handler === null && !isEvent) logUnhandled(transport, patternText(pattern));
        return handler;
      },
  );
  return [noteEvents, noteMissing];
}

function transportOf({ transportId }: RpcServer): string {
  return typeof transportId === 'number'
    ? (TRANSPORTS[transportId] ?? String(transportId))
    : String(transportId ?? 'custom').replace(/^Symbol\((.*)\)$/, '$1');
}

/** The context of a message is the last argument, except for a gRPC stream whose handler also gets a callback. */
function sourceOf(args: readonly unknown[]): unknown {
  const last = args.at(-1);
  return typeof last === 'function' ? args[0] : last;
}

/** A pattern as text; that of a method of gRPC as gRPC writes it, `Service/Method`. */
function textOf(pattern: unknown): string {
  const { service, rpc, streaming } = (pattern ?? {}) as {
    service?: unknown;
    rpc?: unknown;
    streaming?: unknown;
  };
  const isMethod = typeof service === 'string' && typeof rpc === 'string' && streaming !== undefined;
  return isMethod ? cutPattern(`${service}/${rpc}`) : patternText(pattern);
}
