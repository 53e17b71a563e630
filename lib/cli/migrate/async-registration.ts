import type ts from 'typescript';
import { contains } from './identifiers.js';
import type { Source } from './module-registration.js';
import { OptionReader, type TranslatedModule } from './options/option-reader.js';
import type { SourceUnit } from './source-unit.js';

/** What stands beside the factory, and is the same for ours. */
const SAME = ['imports', 'inject', 'providers'];

/**
 * A `forRootAsync` as ours: the object that its factory returns is translated, and what is around it stays.
 *
 * @param from The package of the module.
 * @param translate Translates the options of `forRoot`.
 * @returns The reasons if it is not understood.
 */
export function translateAsync(
  { unit, names }: Source,
  from: string,
  call: ts.CallExpression,
  translate: (options: ts.Expression) => TranslatedModule | string[],
): TranslatedModule | string[] {
  const { ts } = unit;
  const [argument] = call.arguments;
  if (argument === undefined || !ts.isObjectLiteralExpression(argument))
    return ['the options of `forRootAsync` are not written out'];
  const reader = new OptionReader(unit, argument);
  const factory = reader.take('useFactory');
  for (const name of SAME) reader.take(name);
  const reasons = reader.finish();
  if (reasons.length > 0) return reasons;
  const returned = factory && returnedBy(unit, factory);
  if (returned === undefined) return ['`useFactory` does not return one object that is written out'];
  const stays = names
    .remaining(from)
    .find(({ node }) => contains(argument, node) && !contains(returned, node));
  if (stays !== undefined) return [`\`useFactory\` needs ${stays.exported}`];
  const translated = translate(returned);
  return Array.isArray(translated) ? translated : { ...translated, returned };
}

/** `() => ({ … })`, or the only `return { … }` of a function. */
function returnedBy(unit: SourceUnit, factory: ts.Expression): ts.ObjectLiteralExpression | undefined {
  const { ts } = unit;
  if (!ts.isArrowFunction(factory) && !ts.isFunctionExpression(factory)) return undefined;
  const returned = ts.isBlock(factory.body) ? onlyReturnIn(unit, factory) : factory.body;
  const inner = returned && ts.isParenthesizedExpression(returned) ? returned.expression : returned;
  return inner && ts.isObjectLiteralExpression(inner) ? inner : undefined;
}

function onlyReturnIn(
  unit: SourceUnit,
  factory: ts.ArrowFunction | ts.FunctionExpression,
): ts.Expression | undefined {
  const { ts } = unit;
  const isOwn = (node: ts.Node): boolean => {
    let outer = node.parent;
    while (!ts.isFunctionLike(outer)) outer = outer.parent;
    return outer === factory;
  };
  const returns = unit
    .below(factory.body)
    .filter((node): node is ts.ReturnStatement => ts.isReturnStatement(node) && isOwn(node));
  return returns.length === 1 ? returns[0]?.expression : undefined;
}
