import type { ExternalContextCreator } from '@nestjs/core';
import { globalSlot } from '../../runtime/global-slot.js';
import { replaceMethod, type Undo } from '../instrumentation.js';
import { expectInternal } from '../internals/expected-internals.js';
import { RESOLVER_MARKS } from '../internals/marks.js';
import { isRequest, type RunningRequest, requestBehind } from '../work/running-request.js';
import { currentWork } from '../work/running-work.js';
import { typeName } from '../work/type-name.js';
import { Operation, type ResolveInfo } from './operation.js';
import { currentField, OperationField } from './operation-field.js';

type Create = ExternalContextCreator['create'];
type Resolver = (...args: unknown[]) => Promise<unknown>;

/**
 * Instruments the GraphQL operations of an application, with whichever driver: where Nest makes its resolvers.
 *
 * Nothing else that is made there is touched.
 */
export function watchResolvers(creator: ExternalContextCreator, usesContext: boolean): Undo {
  const log = new OperationLog(usesContext);
  let isChecked = false;
  return replaceMethod(
    creator,
    'create',
    (create: (...args: unknown[]) => Resolver) =>
      function (this: unknown, ...args: Parameters<Create>) {
        const resolver = Reflect.apply(create, this, args) as Resolver;
        const [instance, , handler] = args;
        const [options, type] = [args[7], args[8]];
        if ((type as string) !== 'graphql') return resolver;
        if (!isChecked)
          expectInternal('resolver', isResolver((instance as Record<string, unknown>)[handler]));
        isChecked = true;
        const controller = typeName(instance as object);
        // Fields of objects are resolved many times an operation; they need a context only where filters see what they throw.
        const isWatchedByFilters = options?.filters !== false;
        return (...given: unknown[]) => {
          const info = findInfo(given);
          if (info === undefined) return resolver(...given);
          const operation = log.operationOf(info, contextOf(given, info));
          const field = new OperationField(operation, info, { controller, handler });
          return field.resolve(isWatchedByFilters, () => resolver(...given));
        };
      },
  );
}

function isResolver(method: unknown): boolean {
  return typeof method === 'function' && RESOLVER_MARKS.some((key) => Reflect.hasMetadata(key, method));
}

/** Resolvers get (root, args, context, info), those of references (reference, context, info). */
function findInfo(given: readonly unknown[]): ResolveInfo | undefined {
  const last = given.at(-1);
  if (typeof last !== 'object' || last === null) return undefined;
  const { operation, path, fieldName } = last as Partial<ResolveInfo>;
  return operation === undefined || path === undefined || fieldName === undefined
    ? undefined
    : (last as ResolveInfo);
}

/** One for each operation; the document itself may be kept for many. */
function contextOf(given: readonly unknown[], info: ResolveInfo): object {
  const context = given.at(-2);
  return typeof context === 'object' && context !== null ? context : info.operation;
}

interface Operations {
  /** By the request and by the context the driver made, and then by the operation in the document. */
  readonly running: WeakMap<object, Map<object, Operation>>;
}

/** Finds the operation that a resolver is called for. */
class OperationLog {
  readonly #operations = globalSlot('nest.operations.1', (): Operations => ({ running: new WeakMap() }));

  constructor(private readonly usesContext: boolean) {}

  /**
   * Finds it by the driver's context, else by the request, as an application may give single resolvers another context.
   * Where a request brings one document several times, drivers parse it once, but make a context for each.
   *
   * @param context What the driver passes to all resolvers of an operation.
   */
  operationOf(info: ResolveInfo, context: object): Operation {
    const request = requestOf(context);
    const known = this.#find(context, info);
    if (known !== undefined && known.request === request) return known;
    const same = request && this.#find(request, info);
    if (same !== undefined && !same.hasBegun(info)) return same;
    const operation = new Operation(info, request, this.usesContext);
    this.#keep(context, info, operation);
    if (request !== undefined) this.#keep(request, info, operation);
    return operation;
  }

  #find(holder: object, { operation }: ResolveInfo): Operation | undefined {
    const found = this.#operations.running.get(holder)?.get(operation);
    return found?.isSettled ? undefined : found;
  }

  #keep(holder: object, { operation: key }: ResolveInfo, operation: Operation): void {
    const { running } = this.#operations;
    const operations = running.get(holder) ?? new Map<object, Operation>();
    running.set(holder, operations.set(key, operation));
  }
}

/** The HTTP request an operation came with; those that come by WebSocket have none. */
function requestOf(context: object): RunningRequest | undefined {
  const work = currentWork();
  if (isRequest(work)) return work;
  return currentField()?.request ?? requestBehind((context as { req?: unknown }).req);
}
