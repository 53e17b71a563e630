import type ts from 'typescript';
import { isDeclaredName, isReference } from './identifiers.js';
import type { SourceUnit } from './source-unit.js';

/** Where a logger is kept: a member of a class, a parameter of its constructor, or a variable. */
export type LoggerPlace = ts.PropertyDeclaration | ts.ParameterDeclaration | ts.VariableDeclaration;

/** Something that is done with a logger. */
export interface LoggerUse {
  /** The logger: `this.logger`, `logger`. */
  readonly receiver: ts.Node;
  /** The call of one of its methods; `undefined` for anything else. */
  readonly call: ts.CallExpression | undefined;
  /** The method's name. */
  readonly method: string;
}

/** All that is done with a logger, or why that is not known. */
export type LoggerUses =
  | { readonly uses: readonly LoggerUse[] }
  | { readonly at: ts.Node; readonly why: string };

/** The class that a member or a parameter of its constructor belongs to. */
export function classAround({ ts }: SourceUnit, node: ts.Node): ts.ClassLikeDeclaration | undefined {
  let current: ts.Node | undefined = node.parent;
  while (current !== undefined && !ts.isClassLike(current)) current = current.parent;
  return current as ts.ClassLikeDeclaration | undefined;
}

/**
 * Finds everything that is done with a logger, as far as its source alone shows it: other files must not see it.
 */
export function usesOf(unit: SourceUnit, place: LoggerPlace): LoggerUses {
  const { ts } = unit;
  const name = place.name;
  if (!ts.isIdentifier(name) && !ts.isPrivateIdentifier(name))
    return { at: place, why: 'it has no name of its own' };
  if (ts.isVariableDeclaration(place)) return usesOfVariable(unit, place, name as ts.Identifier);
  const owner = classAround(unit, place);
  if (owner === undefined) return { at: place, why: 'it is a parameter of a function' };
  const isMember = ts.isPropertyDeclaration(place) || ts.isParameterPropertyDeclaration(place, place.parent);
  const found: LoggerUse[] = [];
  if (isMember) {
    if (!ts.isPrivateIdentifier(name) && !hasModifier(unit, place, ts.SyntaxKind.PrivateKeyword))
      return { at: place, why: 'it is not private, and other files may use it' };
    const members = usesOfMember(unit, owner, place, name.text);
    if ('why' in members) return members;
    found.push(...members.uses);
  }
  if (ts.isParameter(place)) {
    const inside = usesByName(unit, place.parent, name as ts.Identifier);
    if ('why' in inside) return inside;
    found.push(...inside.uses);
  }
  return { uses: found };
}

/** Whether a declaration has a modifier, such as `private`. */
function hasModifier({ ts }: SourceUnit, node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind)
  );
}

function usesOfVariable(unit: SourceUnit, place: ts.VariableDeclaration, name: ts.Identifier): LoggerUses {
  const { ts } = unit;
  const list = place.parent;
  if (!ts.isVariableDeclarationList(list) || !(list.flags & ts.NodeFlags.Const))
    return { at: place, why: 'it is no constant' };
  if (hasModifier(unit, list.parent, ts.SyntaxKind.ExportKeyword))
    return { at: place, why: 'it is exported, and other files may use it' };
  return usesByName(unit, list.parent.parent, name);
}

/** Uses of a constant or a parameter in its scope. */
function usesByName(unit: SourceUnit, scope: ts.Node, name: ts.Identifier): LoggerUses {
  const uses: LoggerUse[] = [];
  for (const node of unit.below(scope)) {
    if (!unit.ts.isIdentifier(node) || node.text !== name.text || node === name) continue;
    if (isDeclaredName(unit, node)) return { at: node, why: `something else is called "${name.text}" too` };
    if (isReference(unit, node)) uses.push(useOf(unit, node));
  }
  return { uses };
}

function usesOfMember(unit: SourceUnit, owner: ts.Node, place: LoggerPlace, name: string): LoggerUses {
  const { ts } = unit;
  const uses: LoggerUse[] = [];
  const objects = objectsOf(unit, owner, place);
  let strange: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    // What is `this` in a class within is another object.
    if (strange !== undefined || (ts.isClassLike(node) && node !== owner)) return;
    const access = ts.isPropertyAccessExpression(node) && node.name.text === name ? node : undefined;
    if (access !== undefined && objects.has(unit.textOf(access.expression))) uses.push(useOf(unit, access));
    else if (access === undefined ? isStrangeAccess(unit, node, name) : !isCalled(unit, access))
      strange = node;
    node.forEachChild(visit);
  };
  visit(owner);
  return strange === undefined
    ? { uses }
    : { at: strange, why: 'it is reached in a way that is not followed' };
}

/** What a member is read from: `this`, and the class for one that is static. */
function objectsOf(unit: SourceUnit, owner: ts.Node, place: LoggerPlace): Set<string> {
  const isStatic = hasModifier(unit, place, unit.ts.SyntaxKind.StaticKeyword);
  const name = (owner as ts.ClassLikeDeclaration).name?.text;
  return new Set(isStatic && name !== undefined ? ['this', name] : ['this']);
}

/** `this.log.log()`, `console.log()`: what is called is no logger, whatever its name. */
function isCalled({ ts }: SourceUnit, access: ts.Node): boolean {
  return ts.isCallExpression(access.parent) && access.parent.expression === access;
}

/** `this['logger']`, `const { logger } = this`. */
function isStrangeAccess(unit: SourceUnit, node: ts.Node, name: string): boolean {
  const { ts } = unit;
  if (ts.isElementAccessExpression(node))
    return ts.isStringLiteralLike(node.argumentExpression) && node.argumentExpression.text === name;
  if (!ts.isBindingElement(node) || !isDestructuredThis(unit, node)) return false;
  return node.dotDotDotToken !== undefined || unit.textOf(node.propertyName ?? node.name) === name;
}

function isDestructuredThis({ ts }: SourceUnit, { parent }: ts.BindingElement): boolean {
  const declaration = parent.parent;
  return ts.isVariableDeclaration(declaration) && declaration.initializer?.kind === ts.SyntaxKind.ThisKeyword;
}

function useOf({ ts }: SourceUnit, receiver: ts.Node): LoggerUse {
  const access = receiver.parent;
  if (ts.isPropertyAccessExpression(access) && access.expression === receiver) {
    const call = access.parent;
    if (ts.isCallExpression(call) && call.expression === access)
      return { receiver, call, method: access.name.text };
  }
  return { receiver, call: undefined, method: '' };
}
