import type ts from 'typescript';
import { Code, type Literal } from '../literal-text.js';
import type { SourceUnit } from '../source-unit.js';

/** The configuration that takes the place of another, as code. */
export interface TranslatedModule {
  /** Arguments of `LoggingModule.forRoot`; none for the default. */
  readonly args: readonly Literal[];
  /** What is worth knowing of it. */
  readonly notes: readonly string[];
  /** The object that a factory returns, if only that is replaced: by all arguments in one. */
  readonly returned?: ts.ObjectLiteralExpression;
}

/** The keys of an object literal in a source, taken one by one; what is left at the end was not understood. */
export class OptionReader {
  readonly reasons: string[] = [];
  readonly #properties = new Map<string, ts.Expression>();
  readonly #conditional = new Map<
    string,
    { readonly condition: ts.Expression; readonly value: ts.Expression }
  >();

  constructor(
    readonly unit: SourceUnit,
    object: ts.ObjectLiteralExpression | undefined,
    private readonly prefix = '',
  ) {
    const { ts } = unit;
    for (const property of object?.properties ?? []) {
      const name = property.name === undefined ? undefined : nameOf(unit, property.name);
      if (name !== undefined && ts.isPropertyAssignment(property))
        this.#properties.set(name, property.initializer);
      else if (name !== undefined && ts.isShorthandPropertyAssignment(property))
        this.#properties.set(name, property.name);
      else if (!this.#takeSpread(property))
        this.reasons.push(`\`${prefix}${name ?? firstLine(unit.textOf(property))}\` is not followed`);
    }
  }

  /** `...(condition && { name: value })`, `...(condition ? { name: value } : {})`. @returns Whether it is one. */
  #takeSpread(property: ts.ObjectLiteralElementLike): boolean {
    const { unit } = this;
    const { ts } = unit;
    if (!ts.isSpreadAssignment(property)) return false;
    const given = withoutParentheses(unit, property.expression);
    const [condition, object] = ts.isConditionalExpression(given)
      ? [given.condition, isEmpty(unit, given.whenFalse) ? given.whenTrue : undefined]
      : ts.isBinaryExpression(given) && given.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken
        ? [given.left, given.right]
        : [];
    const literal = object && withoutParentheses(unit, object);
    if (condition === undefined || literal === undefined || !ts.isObjectLiteralExpression(literal))
      return false;
    const [only, ...others] = literal.properties;
    if (only === undefined || others.length > 0 || !ts.isPropertyAssignment(only)) return false;
    const name = nameOf(unit, only.name);
    if (name === undefined) return false;
    this.#conditional.set(name, { condition, value: only.initializer });
    return true;
  }

  take(name: string): ts.Expression | undefined {
    const found = this.#properties.get(name);
    this.#properties.delete(name);
    return found;
  }

  /** A key that is there on a condition: `...(isLocal && { name: value })`. */
  takeConditional(
    name: string,
  ): { readonly condition: ts.Expression; readonly value: ts.Expression } | undefined {
    const found = this.#conditional.get(name);
    this.#conditional.delete(name);
    return found;
  }

  /** Says that a value is not understood, and what may take its place. */
  refuse(name: string, instead?: string): undefined {
    this.reasons.push(
      `\`${this.prefix}${name}\` is not translated${instead === undefined ? '' : ` (${instead})`}`,
    );
    return undefined;
  }

  /** Everything that kept the object from being understood. */
  finish(): string[] {
    return [
      ...this.reasons,
      ...[...this.#properties.keys(), ...this.#conditional.keys()].map(
        (name) => `\`${this.prefix}${name}\` is not translated`,
      ),
    ];
  }
}

function withoutParentheses({ ts }: SourceUnit, expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) ? expression.expression : expression;
}

/** `{}`, `undefined`, `null`. */
function isEmpty(unit: SourceUnit, expression: ts.Expression): boolean {
  const { ts } = unit;
  return (
    isUndefined(unit, expression) ||
    expression.kind === ts.SyntaxKind.NullKeyword ||
    (ts.isObjectLiteralExpression(expression) && expression.properties.length === 0)
  );
}

/** The text of a key; `undefined` for one that is computed. */
export function nameOf({ ts }: SourceUnit, name: ts.PropertyName): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : undefined;
}

/**
 * A level by another package's name: a literal, or a choice between some, or what is read from elsewhere, with or without a
 * default.
 *
 * @param missing The level of ours, if what is read may be absent and that means one.
 */
export function levelText(
  unit: SourceUnit,
  expression: ts.Expression,
  levels: Readonly<Record<string, string>>,
  missing?: string,
): Code | undefined {
  const { ts, quote } = unit;
  if (ts.isStringLiteralLike(expression)) {
    const level = levels[expression.text];
    return level === undefined ? undefined : new Code(quote + level + quote);
  }
  if (ts.isParenthesizedExpression(expression))
    return levelText(unit, expression.expression, levels, missing);
  if (ts.isConditionalExpression(expression)) {
    const [yes, no] = [
      levelText(unit, expression.whenTrue, levels, missing),
      levelText(unit, expression.whenFalse, levels, missing),
    ];
    if (yes === undefined || no === undefined) return undefined;
    return new Code(`${unit.textOf(expression.condition)} ? ${yes.text} : ${no.text}`);
  }
  if (ts.isBinaryExpression(expression)) {
    const operator = unit.textOf(expression.operatorToken);
    const fallback = levelText(unit, expression.right, levels);
    if (fallback === undefined || !['??', '||'].includes(operator)) return undefined;
    if (!isReading(unit, expression.left)) return undefined;
    return new Code(`${unit.textOf(expression.left)} ${operator} ${fallback.text}`);
  }
  if (!isReading(unit, expression)) return undefined;
  return new Code(unit.textOf(expression) + (missing === undefined ? '' : ` ?? ${quote}${missing}${quote}`));
}

/** Whether a level is known only when the application runs. */
export function isReadLevel(unit: SourceUnit, expression: ts.Expression): boolean {
  const { ts } = unit;
  if (ts.isParenthesizedExpression(expression)) return isReadLevel(unit, expression.expression);
  if (ts.isConditionalExpression(expression))
    return [expression.whenTrue, expression.whenFalse].some((one) => isReadLevel(unit, one));
  return isReading(unit, ts.isBinaryExpression(expression) ? expression.left : expression);
}

/** `process.env.NAME`, `config.get('NAME')`, `logLevel()`, `level`. */
function isReading(unit: SourceUnit, expression: ts.Expression): boolean {
  const { ts } = unit;
  if (ts.isCallExpression(expression))
    return ts.isPropertyAccessExpression(expression.expression) || ts.isIdentifier(expression.expression);
  return (
    (ts.isIdentifier(expression) && !isUndefined(unit, expression)) ||
    ts.isPropertyAccessExpression(expression) ||
    ts.isElementAccessExpression(expression)
  );
}

/** A string, number or boolean of a source. */
export function literalValue(
  { ts }: SourceUnit,
  expression: ts.Expression,
): string | number | boolean | undefined {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isNumericLiteral(expression)) return Number(expression.text);
  if (expression.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (expression.kind === ts.SyntaxKind.FalseKeyword) return false;
  return undefined;
}

/** Whether an expression is the word `undefined`. */
export function isUndefined({ ts }: SourceUnit, expression: ts.Expression): boolean {
  return ts.isIdentifier(expression) && expression.text === 'undefined';
}

/** The first line of a text, for a message. */
export function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line === text ? text : `${line} …`;
}
