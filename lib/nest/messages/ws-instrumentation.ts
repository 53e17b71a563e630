import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { replaceMethod, share, type Undo, UndoList } from '../instrumentation.js';
import { HandlerNames } from '../work/handler-names.js';
import { followMessage } from './follow-message.js';
import { observeSharedHandlers } from './gateway-observer.guard.js';
import { Message } from './message.js';
import { patternText } from './pattern-text.js';

/** The part of Nest's WebSocket adapters that is used here. */
interface SocketAdapter {
  bindMessageHandlers(client: unknown, handlers: readonly SocketHandler[], transform: unknown): unknown;
}

interface SocketHandler {
  readonly message: unknown;
  readonly callback: (...args: unknown[]) => unknown;
}

/**
 * Instruments every gateway, where the adapter, whichever the application uses, takes the handlers.
 *
 * Must be called before the application is initialised.
 */
export function watchGateways(
  config: ApplicationConfig,
  modules: ModulesContainer,
  usesContext: boolean,
): Undo {
  const names = new HandlerNames(modules, 'ws');
  const undos = new UndoList(observeSharedHandlers(modules));
  const watch = (adapter: SocketAdapter | null | undefined): void => {
    if (typeof adapter?.bindMessageHandlers !== 'function') return;
    undos.add(share(adapter, 'gateways', () => watchAdapter(adapter, names, usesContext)));
  };
  watch(config.getIoAdapter() as SocketAdapter | null);
  undos.add(
    replaceMethod(
      config,
      'setIoAdapter',
      (setIoAdapter: (...args: unknown[]) => unknown) =>
        function (this: unknown, adapter: unknown, ...rest: unknown[]) {
          watch(adapter as SocketAdapter);
          return Reflect.apply(setIoAdapter, this, [adapter, ...rest]);
        },
    ),
  );
  return undos.undo;
}

function watchAdapter(adapter: SocketAdapter, names: HandlerNames, usesContext: boolean): Undo {
  return replaceMethod(
    adapter,
    'bindMessageHandlers',
    (bind: (...args: unknown[]) => unknown) =>
      function (this: unknown, client: unknown, handlers: readonly SocketHandler[], ...rest: unknown[]) {
        const followed = handlers.map((handler) => follow(handler, names, usesContext));
        return Reflect.apply(bind, this, [client, followed, ...rest]);
      },
  );
}

function follow(handler: SocketHandler, names: HandlerNames, usesContext: boolean): SocketHandler {
  const { message: name, callback } = handler;
  const pattern = patternText(name);
  const description = { kind: 'ws', pattern, fields: { transport: 'ws', ...names.find(name) } } as const;
  return {
    ...handler,
    callback: (...args) => followMessage(new Message(description, usesContext), () => callback(...args)),
  };
}
