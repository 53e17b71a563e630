import type { ExternalContextCreator } from '@nestjs/core';
import { OperationField } from './operation-field.js';
import { OperationLog } from './operation-log.js';

type Create = ExternalContextCreator['create'];
type Resolver = (...args: unknown[]) => Promise<unknown>;

/** What GraphQL tells a resolver of where it is; the slice that is used. */
export interface ResolveInfo {
  readonly fieldName: string;
  readonly parentType: { readonly name: string };
  readonly path: FieldPath;
  readonly operation: { readonly operation: string; readonly name?: { readonly value: string } | undefined };
}

/** The way to a field, from the innermost outwards. */
export interface FieldPath {
  readonly key: string | number;
  readonly prev: FieldPath | undefined;
}

/**
 * Follows the GraphQL operations of an application, with whichever driver: where Nest makes its resolvers.
 *
 * Nothing else that is made there (and no route of a controller is) is touched.
 */
export function watchResolvers(creator: ExternalContextCreator, usesContext: boolean): void {
  const { create } = creator as { create: (...args: unknown[]) => Resolver };
  const log = new OperationLog(usesContext);
  const watched = (...args: Parameters<Create>) => {
    const resolver = create.apply(creator, args);
    const [instance, , handler] = args;
    const [options, type] = [args[7], args[8]];
    if ((type as string) !== 'graphql') return resolver;
    const controller = (instance as object).constructor.name;
    // Fields of objects are resolved many times an operation; they need a context only where filters see what they throw.
    const isWatchedByFilters = options?.filters !== false;
    return (...given: unknown[]) => {
      const info = findInfo(given);
      if (info === undefined) return resolver(...given);
      const operation = log.operationOf(info, contextOf(given, info));
      const field = new OperationField(operation, info, { controller, handler });
      return field.resolve(isWatchedByFilters, () => resolver(...given));
    };
  };
  Object.assign(creator, { create: watched });
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
