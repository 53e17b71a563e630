import type ts from 'typescript';
import type { SourceUnit } from './source-unit.js';
import type { TypeScript } from './typescript-peer.js';

/** A name that a source has from a package: `Logger`, or all of it as a namespace. */
export interface Imported {
  readonly package: string;
  /** Its name there; `*` for a namespace. */
  readonly exported: string;
  readonly local: string;
  /** `{ A as B }` of an import or a destructuring, or the whole declaration. */
  readonly element: ts.Node;
  readonly statement: ts.Statement;
}

/** How a source imports. */
export type Style = 'import' | 'require' | 'import-require';

/** Everything that a source imports, in any form. */
export function* readImports(unit: SourceUnit): Generator<Imported> {
  const { ts } = unit;
  for (const statement of unit.source.statements) {
    if (ts.isImportDeclaration(statement)) yield* readImport(unit, statement);
    else if (ts.isImportEqualsDeclaration(statement)) {
      const { moduleReference, name } = statement;
      if (ts.isExternalModuleReference(moduleReference) && ts.isStringLiteral(moduleReference.expression))
        yield {
          ...{ package: moduleReference.expression.text, exported: '*', local: name.text },
          ...{ element: statement, statement },
        };
    } else if (ts.isVariableStatement(statement)) yield* readRequires(unit, statement);
  }
}

function* readImport({ ts }: SourceUnit, statement: ts.ImportDeclaration): Generator<Imported> {
  const { importClause: clause, moduleSpecifier } = statement;
  if (clause === undefined || !ts.isStringLiteral(moduleSpecifier)) return;
  const common = { package: moduleSpecifier.text, statement };
  // `import winston from 'winston'`: what a CommonJS package exports, all of it.
  if (clause.name !== undefined)
    yield { ...common, exported: '*', local: clause.name.text, element: clause.name };
  const bindings = clause.namedBindings;
  if (bindings === undefined) return;
  if (ts.isNamespaceImport(bindings))
    yield { ...common, exported: '*', local: bindings.name.text, element: bindings };
  else
    for (const element of bindings.elements)
      yield {
        ...common,
        exported: (element.propertyName ?? element.name).text,
        local: element.name.text,
        element,
      };
}

function* readRequires({ ts }: SourceUnit, statement: ts.VariableStatement): Generator<Imported> {
  for (const declaration of statement.declarationList.declarations) {
    const { initializer, name } = declaration;
    const from = initializer === undefined ? undefined : requiredPackage(ts, initializer);
    if (from === undefined) continue;
    const common = { package: from, statement };
    if (ts.isIdentifier(name)) {
      yield { ...common, exported: '*', local: name.text, element: declaration };
      continue;
    }
    for (const element of name.elements) {
      if (ts.isOmittedExpression(element) || !ts.isIdentifier(element.name) || element.dotDotDotToken)
        continue;
      const { propertyName = element.name } = element;
      if (ts.isIdentifier(propertyName))
        yield { ...common, exported: propertyName.text, local: element.name.text, element };
    }
  }
}

/** The package in `require('package')`. */
function requiredPackage(ts: TypeScript, call: ts.Expression): string | undefined {
  if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return undefined;
  const [argument] = call.arguments;
  const isRequire = call.expression.text === 'require' && argument !== undefined;
  return isRequire && ts.isStringLiteral(argument) ? argument.text : undefined;
}

/** Whether a statement declares more names than those that are known of it. */
export function bindsMore({ ts }: SourceUnit, statement: ts.Statement, known: number): boolean {
  if (ts.isVariableStatement(statement)) {
    const names = statement.declarationList.declarations.map(({ name }) =>
      ts.isIdentifier(name) ? 1 : name.elements.length,
    );
    return names.reduce((sum, count) => sum + count, 0) > known;
  }
  return false;
}

/** Whether a statement imports anything, in any form. */
export function importsSomething(unit: SourceUnit, statement: ts.Statement): boolean {
  const { ts } = unit;
  if (ts.isImportDeclaration(statement) || ts.isImportEqualsDeclaration(statement)) return true;
  return ts.isVariableStatement(statement) && !readRequires(unit, statement).next().done;
}

/** Whether a statement imports a file, and no package. */
export function isOfFile(unit: SourceUnit, statement: ts.Statement): boolean {
  return /(from|require\()\s*['"]\.[^'"]*['"]\)?;?$/.test(unit.textOf(statement));
}

/** How a source imports, by the forms that it has. */
export function styleOf(unit: SourceUnit): Style {
  const { ts } = unit;
  const { statements } = unit.source;
  if (statements.some((statement) => ts.isImportDeclaration(statement))) return 'import';
  if (statements.some((statement) => ts.isImportEqualsDeclaration(statement))) return 'import-require';
  return statements.some((statement) => importsSomething(unit, statement)) ? 'require' : 'import';
}
