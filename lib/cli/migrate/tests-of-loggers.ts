import type ts from 'typescript';
import { isTest } from './migration.js';
import type { Source } from './module-registration.js';
import type { SourceUnit } from './source-unit.js';

/** Names the places where tests reach into a class for a logger that is ours now: its methods have other names. */
export function leaveTestsOf(sources: readonly Source[]): void {
  const members = new Set(sources.flatMap(({ unit }) => unit.membersBroughtOver));
  for (const { unit } of sources.filter(({ unit }) => isTest(unit)))
    for (const node of unit.below()) {
      const name = memberReached(unit, node);
      if (name !== undefined && members.has(name))
        unit.leave(
          node,
          `"${name}" may be a logger of ours now: its methods are debug, info, warning, error; nestjs-logging/testing captures what it logs`,
        );
    }
}

/** `logger` of `orders['logger']`, `(orders as any).logger`, `Object.defineProperty(orders, 'logger', …)`. */
function memberReached({ ts, source }: SourceUnit, node: ts.Node): string | undefined {
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression))
    return node.argumentExpression.text;
  if (ts.isPropertyAccessExpression(node)) {
    const { expression: of, name } = node;
    return ts.isParenthesizedExpression(of) && ts.isAsExpression(of.expression) ? name.text : undefined;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const [, name] = node.arguments;
  const defines = /^(Object\.defineProperty|Reflect\.(get|set|defineProperty))$/;
  return name !== undefined && ts.isStringLiteralLike(name) && defines.test(node.expression.getText(source))
    ? name.text
    : undefined;
}
