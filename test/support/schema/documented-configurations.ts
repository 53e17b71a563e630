import ts from 'typescript';
import { parse } from 'yaml';
import { type CodeBlock, readPages } from '../docs/markdown.js';

/**
 * Every configuration that a page of the documentation shows, with its place; not those that show what is refused, and
 * not what goes into a copy of the repository, which names what is only there.
 */
export function documentedConfigurations(): [place: string, config: unknown][] {
  return readPages()
    .flatMap(({ blocks }) => blocks)
    .filter(({ flags }) => flags.get('file') !== 'faulty.yaml' && !flags.has('into'))
    .filter(({ text }) => !/\bcatch\b|@ts-expect-error/.test(text))
    .flatMap((block) =>
      configurations(block).map((config): [string, unknown] => [`${block.page}:${block.line}`, config]),
    );
}

function configurations({ language, text }: CodeBlock): unknown[] {
  if (language === 'ts') return literals(text);
  if (language !== 'json' && language !== 'yaml') return [];
  const value: unknown = parse(text, { merge: true });
  return isConfiguration(value) ? [value] : [];
}

function isConfiguration(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
}

/** The object literals with `version: 1` in a program, with what is no plain data as a file would have it. */
function literals(text: string): unknown[] {
  const found: unknown[] = [];
  const visit = (node: ts.Node): void => {
    const value = ts.isObjectLiteralExpression(node) ? evaluate(node, '') : undefined;
    if (isConfiguration(value)) found.push(value);
    else ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('example.ts', text, ts.ScriptTarget.ES2023, true));
  return found;
}

function evaluate(node: ts.Expression, key: string): unknown {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text.replaceAll('_', ''));
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (node.kind === ts.SyntaxKind.NullKeyword) return null;
  if (ts.isArrayLiteralExpression(node)) return node.elements.map((element) => evaluate(element, ''));
  if (ts.isObjectLiteralExpression(node)) return Object.fromEntries(node.properties.flatMap(property));
  // A class, a function or a constant: in a file there is a name.
  return key === 'class' || key === '()' ? `acme.${node.getText()}` : 'ext://acme';
}

function property(node: ts.ObjectLiteralElementLike): [string, unknown][] {
  if (ts.isShorthandPropertyAssignment(node)) return [[node.name.text, 'ext://acme']];
  if (!ts.isPropertyAssignment(node) || ts.isComputedPropertyName(node.name)) return [];
  const name = node.name.text;
  return [[name, evaluate(node.initializer, name)]];
}
