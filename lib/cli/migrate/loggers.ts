import type ts from 'typescript';
import type { ImportedNames } from './imported-names.js';
import type { CallTranslation, CallTranslator } from './logger-calls.js';
import { classAround, type LoggerPlace, usesOf } from './logger-uses.js';
import type { SourceUnit } from './source-unit.js';

/** A logger of a source, and how it is brought over. */
export interface FoundLogger {
  readonly place: LoggerPlace;
  readonly translate: CallTranslator;
  /** Texts of expressions that name it. */
  readonly contexts: ReadonlySet<string>;
  /** Calls that go with its declaration, such as `setContext`. */
  readonly ownCalls?: ReadonlySet<ts.CallExpression>;
  /** Asks for the edits of its declaration. */
  declare(): void;
}

/**
 * Brings a logger over, whole or not at all: with one use that is not understood it stays what it is, and works as
 * before.
 */
export function bringOver(unit: SourceUnit, names: ImportedNames, logger: FoundLogger): boolean {
  const found = usesOf(unit, logger.place);
  const title = `the logger "${logger.place.name.getText(unit.source)}" stays`;
  if ('why' in found) {
    unit.leave(found.at, `${title}: ${found.why}`);
    return false;
  }
  const { contexts, ownCalls, translate } = logger;
  const calls: (() => void)[] = [];
  const reasons: [ts.Node, string][] = [];
  for (const { receiver, call, method } of found.uses) {
    if (call !== undefined && ownCalls?.has(call)) continue;
    const translation: CallTranslation =
      call === undefined
        ? 'it is handed on'
        : translate({ receiver, call, method }, { unit, names, contexts });
    if (typeof translation === 'string') reasons.push([receiver, translation]);
    else calls.push(translation);
  }
  for (const [at, why] of reasons) unit.leave(at, `${title}: ${why}`);
  if (reasons.length > 0) return false;
  logger.declare();
  if (!unit.ts.isVariableDeclaration(logger.place))
    unit.membersBroughtOver.push(logger.place.name.getText(unit.source));
  for (const call of calls) call();
  return true;
}

/** The texts by which a class may name its logger: `Orders.name`, `'Orders'`. */
export function contextsOf(
  unit: SourceUnit,
  place: LoggerPlace,
  ...given: (ts.Node | undefined)[]
): Set<string> {
  const name = classAround(unit, place)?.name?.text;
  const own = name === undefined ? [] : [`${name}.name`, `'${name}'`, `"${name}"`];
  return new Set([...own, ...given.flatMap((node) => (node === undefined ? [] : [unit.textOf(node)]))]);
}
