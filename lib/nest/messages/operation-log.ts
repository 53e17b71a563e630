import { globalSlot } from '../../internal/global-slot.js';
import { isRequest, type RequestState, stateOf } from '../http/request-state.js';
import { currentWork } from '../running-work.js';
import type { ResolveInfo } from './graphql-edge.js';
import { Operation } from './operation.js';
import { currentField } from './operation-field.js';

interface Operations {
  /** By the request, or else by the context the driver made, and then by the operation in the document. */
  readonly running: WeakMap<object, Map<object, Operation>>;
}

/** Finds the operation that a resolver is called for. */
export class OperationLog {
  readonly #operations = globalSlot('nest.operations.1', (): Operations => ({ running: new WeakMap() }));

  constructor(private readonly usesContext: boolean) {}

  /** @param context What the driver hands to all resolvers of an operation. */
  operationOf(info: ResolveInfo, context: object): Operation {
    const request = requestOf(context);
    const holder = request ?? context;
    const { running } = this.#operations;
    let operations = running.get(holder);
    if (operations === undefined) {
      operations = new Map();
      running.set(holder, operations);
    }
    const known = operations.get(info.operation);
    if (known !== undefined && !known.isSettled) return known;
    const operation = new Operation(info, request, this.usesContext);
    operations.set(info.operation, operation);
    return operation;
  }
}

/** The HTTP request an operation came with; those that come by WebSocket have none. */
function requestOf(context: object): RequestState | undefined {
  const work = currentWork();
  if (isRequest(work)) return work;
  return currentField()?.request ?? stateOf((context as { req?: unknown }).req);
}
