import type ts from 'typescript';
import type { SourceUnit } from './source-unit.js';

/** Whether an identifier stands for a value or a type, and is not the name of a member or of something declared. */
export function isReference(unit: SourceUnit, node: ts.Identifier): boolean {
  const { ts } = unit;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
  if (ts.isQualifiedName(parent)) return parent.right !== node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isExportSpecifier(parent))
    return (
      parent.parent.parent.moduleSpecifier === undefined && (parent.propertyName ?? parent.name) === node
    );
  if (ts.isImportSpecifier(parent)) return false;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
  return !('name' in parent && parent.name === node);
}

/** Whether an identifier is the name that a variable, parameter, class, function or import has in its scope. */
export function isDeclaredName(unit: SourceUnit, node: ts.Identifier): boolean {
  const { ts } = unit;
  const { parent } = node;
  const declares =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isClassDeclaration(parent) ||
    ts.isClassExpression(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isFunctionExpression(parent) ||
    ts.isInterfaceDeclaration(parent) ||
    ts.isTypeAliasDeclaration(parent) ||
    ts.isTypeParameterDeclaration(parent) ||
    ts.isEnumDeclaration(parent) ||
    ts.isModuleDeclaration(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent) ||
    ts.isImportEqualsDeclaration(parent);
  return declares && parent.name === node;
}

/** `a.b`, in a value or a type. */
export function memberOf(
  { ts }: SourceUnit,
  node: ts.Node,
): { readonly of: string; readonly name: string } | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression))
    return { of: node.expression.text, name: node.name.text };
  if (ts.isQualifiedName(node) && ts.isIdentifier(node.left))
    return { of: node.left.text, name: node.right.text };
  return undefined;
}

/** Whether a node is within another. */
export function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.pos <= inner.pos && inner.end <= outer.end;
}
