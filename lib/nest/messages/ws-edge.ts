import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { globalSlot } from '../../internal/global-slot.js';
import { followMessage } from './follow-message.js';
import { HandlerNames } from './handler-names.js';
import { Message } from './message.js';

/** What of Nest's WebSocket adapters is used here. */
interface SocketAdapter {
  bindMessageHandlers(client: unknown, handlers: readonly SocketHandler[], transform: unknown): unknown;
}

interface SocketHandler {
  readonly message: unknown;
  readonly callback: (...args: unknown[]) => unknown;
}

const watched = globalSlot('nest.sockets.1', () => ({ adapters: new WeakSet<object>() }));

/**
 * Follows the messages of every gateway: where the adapter, whichever the application uses, takes the handlers.
 *
 * Must be called before the application is initialised.
 */
export function watchGateways(
  config: ApplicationConfig,
  modules: ModulesContainer,
  usesContext: boolean,
): void {
  const names = new HandlerNames(modules, 'ws');
  const current = config.getIoAdapter() as SocketAdapter | null;
  if (current) watchAdapter(current, names, usesContext);
  const { setIoAdapter } = config;
  config.setIoAdapter = (adapter) => {
    watchAdapter(adapter as unknown as SocketAdapter, names, usesContext);
    setIoAdapter.call(config, adapter);
  };
}

function watchAdapter(adapter: SocketAdapter, names: HandlerNames, usesContext: boolean): void {
  const { bindMessageHandlers } = adapter;
  if (typeof bindMessageHandlers !== 'function' || watched.adapters.has(adapter)) return;
  watched.adapters.add(adapter);
  adapter.bindMessageHandlers = (client, handlers, transform) => {
    const followed = handlers.map((handler) => follow(handler, names, usesContext));
    return bindMessageHandlers.call(adapter, client, followed, transform);
  };
}

function follow(handler: SocketHandler, names: HandlerNames, usesContext: boolean): SocketHandler {
  const { message: name, callback } = handler;
  const pattern = typeof name === 'object' ? JSON.stringify(name) : String(name);
  const description = { kind: 'ws', pattern, fields: { transport: 'ws', ...names.find(name) } } as const;
  return {
    ...handler,
    callback: (...args) => followMessage(new Message(description, usesContext), () => callback(...args)),
  };
}
