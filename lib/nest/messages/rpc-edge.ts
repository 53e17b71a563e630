import type { ModulesContainer } from '@nestjs/core';
import { headersOf } from './carried-headers.js';
import { followMessage } from './follow-message.js';
import { HandlerNames } from './handler-names.js';
import { currentMessage, Message } from './message.js';
import { logUnhandled } from './message-record.js';

/** What handles a pattern: Nest chains the listeners of an event by `next`. */
interface MessageHandler {
  (...args: unknown[]): unknown;
  next?: MessageHandler;
}

/** What of Nest's transports is used here; custom ones have it from the class they extend. */
interface RpcServer {
  readonly transportId?: number | string | symbol;
  addHandler(pattern: unknown, handler: MessageHandler, isEvent?: boolean, extras?: unknown): unknown;
  getHandlerByPattern?(pattern: string): unknown;
  handleEvent?(...args: unknown[]): unknown;
}

/** By Nest's numbers. */
const TRANSPORTS = ['tcp', 'redis', 'nats', 'mqtt', 'grpc', 'rmq', 'kafka'];
const MAX_PATTERN = 256;

/**
 * Follows the messages of every microservice of an application: of one that is nothing else, and of those that are
 * connected to it, whatever they inherit.
 *
 * @returns Stops waiting for further ones.
 */
export function watchRpcServers(modules: ModulesContainer, usesContext: boolean): () => void {
  const names = new HandlerNames(modules, 'rpc');
  const subscription = modules
    .getRpcTargetRegistry<RpcServer>()
    .subscribe((server) => watchServer(server, names, usesContext));
  return () => subscription.unsubscribe();
}

function watchServer(server: RpcServer, names: HandlerNames, usesContext: boolean): void {
  const { addHandler } = server;
  if (typeof addHandler !== 'function') return;
  const transport = transportOf(server);
  server.addHandler = (pattern, handler, isEvent, extras) => {
    const fields = { transport, type: isEvent ? 'event' : 'request', ...names.find(pattern) };
    const description = { kind: 'rpc', pattern: textOf(pattern), fields } as const;
    const followed: MessageHandler = (...args) => {
      const source = sourceOf(args);
      // A second listener of the same event: part of the message that the first one got.
      if (source !== undefined && currentMessage()?.description.source === source) return handler(...args);
      const message = new Message({ ...description, source, headers: headersOf(source) }, usesContext);
      return followMessage(message, () => handler(...args));
    };
    // Nest's handlers look for the next one on themselves.
    Object.defineProperty(followed, 'next', {
      configurable: true,
      get: () => handler.next,
      set: (next: MessageHandler) => {
        handler.next = next;
      },
    });
    return addHandler.call(server, pattern, followed, isEvent, extras);
  };
  watchUnhandled(server, transport);
}

/** Requests for which there is no handler get an error from Nest, and no word in the log; events get a word. */
function watchUnhandled(server: RpcServer, transport: string): void {
  const { getHandlerByPattern, handleEvent } = server;
  if (typeof getHandlerByPattern !== 'function' || typeof handleEvent !== 'function') return;
  let isEvent = false;
  server.handleEvent = (...args) => {
    isEvent = true;
    try {
      return handleEvent.apply(server, args);
    } finally {
      isEvent = false;
    }
  };
  server.getHandlerByPattern = (pattern) => {
    const handler = getHandlerByPattern.call(server, pattern);
    if (handler === null && !isEvent) logUnhandled(transport, cut(String(pattern)));
    return handler;
  };
}

function transportOf({ transportId }: RpcServer): string {
  return typeof transportId === 'number'
    ? (TRANSPORTS[transportId] ?? String(transportId))
    : String(transportId ?? 'custom').replace(/^Symbol\((.*)\)$/, '$1');
}

/** What tells of a message comes last, but for a stream of gRPC that its handler gets together with a callback. */
function sourceOf(args: readonly unknown[]): unknown {
  const last = args.at(-1);
  return typeof last === 'function' ? args[0] : last;
}

/** A pattern as text; that of a method of gRPC as gRPC writes it, `Service/Method`. */
function textOf(pattern: unknown): string {
  if (typeof pattern !== 'object' || pattern === null) return cut(String(pattern));
  const { service, rpc, streaming } = pattern as { service?: unknown; rpc?: unknown; streaming?: unknown };
  const isMethod = typeof service === 'string' && typeof rpc === 'string' && streaming !== undefined;
  return cut(isMethod ? `${service}/${rpc}` : JSON.stringify(pattern));
}

function cut(text: string): string {
  return text.length <= MAX_PATTERN ? text : `${text.slice(0, MAX_PATTERN)}…`;
}
