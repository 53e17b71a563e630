import type ts from 'typescript';
import type { ImportedNames } from './imported-names.js';
import { type Literal, literalText } from './literal-text.js';
import { nameOf, type TranslatedModule } from './options/option-reader.js';
import type { SourceUnit } from './source-unit.js';

/** A source and what it imports. */
export interface Source {
  readonly unit: SourceUnit;
  readonly names: ImportedNames;
}

/** All sources that are brought over together. */
export interface Project {
  readonly sources: readonly Source[];
  /** The source that a relative import names; `undefined` if it is not among them. */
  find(from: SourceUnit, specifier: string): Source | undefined;
}

const FACTORY_METHODS = ['create', 'createApplicationContext', 'createMicroservice'];

/** Puts a translated registration in the place of another package's. */
export function replaceRegistration(
  { unit, names }: Source,
  call: ts.CallExpression,
  { args, returned }: TranslatedModule,
): void {
  const module = names.ours('LoggingModule');
  const { quote, newline } = unit;
  removeRegistrationBeside({ unit, names }, call);
  const style = { quote, newline, indent: unit.indentAt((returned ?? call).getStart(unit.source)) };
  if (returned !== undefined) {
    unit.replace((call.expression as ts.PropertyAccessExpression).expression, module);
    unit.replace(returned, literalText(Object.assign({}, ...args) as Literal, style));
    return;
  }
  const texts = args.map((arg) => literalText(arg, style)).join(', ');
  unit.replace(call, () => `${module()}.forRoot(${texts})`, texts);
}

/** Puts `LoggingModule.forRoot()` before an entry of `imports`. */
export function addRegistrationBefore({ unit, names }: Source, entry: ts.Node): void {
  const module = names.ours('LoggingModule');
  const start = entry.getStart(unit.source);
  const lineStart = unit.text.lastIndexOf('\n', start - 1) + 1;
  const isFirstOnLine = unit.text.slice(lineStart, start).trim() === '';
  const between = isFirstOnLine ? unit.newline + unit.indentAt(start) : ' ';
  unit.insert(start, () => `${module()}.forRoot(),${between}`);
}

/** Takes out the `LoggingModule.forRoot()` that was put beside a module while something kept it. */
function removeRegistrationBeside({ unit, names }: Source, entry: ts.CallExpression): void {
  const { ts } = unit;
  const list = entry.parent;
  if (!ts.isArrayLiteralExpression(list)) return;
  const at = list.elements.findIndex(
    (element) =>
      ts.isCallExpression(element) &&
      element.arguments.length === 0 &&
      ts.isPropertyAccessExpression(element.expression) &&
      element.expression.name.text === 'forRoot' &&
      names.exportOf(element.expression.expression, 'nestjs-logging') === 'LoggingModule',
  );
  const [beside, next] = [list.elements[at], list.elements[at + 1]];
  if (beside === undefined) return;
  const { source } = unit;
  if (next !== undefined) unit.replace({ start: beside.getStart(source), end: next.getStart(source) }, '');
  else unit.replace({ start: (list.elements[at - 1] as ts.Node).end, end: beside.end }, '');
}

/** Whether any source registers `LoggingModule`. */
export function hasOurModule({ sources }: Project): boolean {
  return sources.some(({ names }) =>
    names.remaining('nestjs-logging').some(({ exported }) => exported === 'LoggingModule'),
  );
}

/** The classes that `NestFactory` makes applications of, where they are among the sources. */
export function rootModules(
  project: Project,
): { readonly source: Source; readonly module: ts.ClassDeclaration }[] {
  const found = new Map<ts.ClassDeclaration, Source>();
  for (const source of project.sources) {
    for (const name of modulesMadeIn(source)) {
      const root = findClass(project, source, name);
      if (root !== undefined) found.set(root.module, root.source);
    }
  }
  return [...found].map(([module, source]) => ({ source, module }));
}

/**
 * The class that a name of a source stands for, through imports and the files that pass it on.
 *
 * @param seen Sources that led here: files may pass names on in a circle.
 */
function findClass(
  project: Project,
  source: Source,
  name: string,
  seen: readonly Source[] = [],
): { readonly source: Source; readonly module: ts.ClassDeclaration } | undefined {
  const { ts, source: file } = source.unit;
  const origin = source.names.originOf(name);
  const follow = (specifier: string, exported: string) => {
    const next = project.find(source.unit, specifier);
    return next === undefined || seen.includes(next)
      ? undefined
      : findClass(project, next, exported, [...seen, source]);
  };
  if (origin !== undefined) return follow(origin.package, origin.exported);
  const module = file.statements.find(
    (statement): statement is ts.ClassDeclaration =>
      ts.isClassDeclaration(statement) && statement.name?.text === name,
  );
  if (module !== undefined) return { source, module };
  for (const passed of passedOn(source, name)) {
    const found =
      passed.specifier === undefined
        ? findClass(project, source, passed.exported, [...seen, source])
        : follow(passed.specifier, passed.exported);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where an exported name may come from: another file, or another name of the source. */
function passedOn(
  { unit }: Source,
  name: string,
): { readonly specifier: string | undefined; readonly exported: string }[] {
  const { ts } = unit;
  return unit.source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    const { exportClause: clause, moduleSpecifier: from } = statement;
    const specifier = from !== undefined && ts.isStringLiteral(from) ? from.text : undefined;
    if (clause === undefined) return [{ specifier, exported: name }];
    const element = ts.isNamedExports(clause)
      ? clause.elements.find((one) => one.name.text === name)
      : undefined;
    const exported = (element?.propertyName ?? element?.name)?.text;
    const isItself = specifier === undefined && exported === name;
    return exported === undefined || isItself ? [] : [{ specifier, exported }];
  });
}

/** The names that are handed to `NestFactory.create` and the like. */
function modulesMadeIn(source: Source): string[] {
  const { ts } = source.unit;
  return factoryCallsIn(source).flatMap(({ arguments: [root] }) =>
    root !== undefined && ts.isIdentifier(root) ? [root.text] : [],
  );
}

/**
 * Adds `bufferLogs: true` where applications are made, if nothing there chooses a logger: else Nest would write its first
 * messages before the module is there.
 */
export function bufferFirstMessages({ sources }: Project): void {
  for (const source of sources) for (const call of factoryCallsIn(source)) bufferIn(source, call);
}

function bufferIn({ unit }: Source, call: ts.CallExpression): void {
  const { ts } = unit;
  const last = call.arguments.at(-1);
  if (last === undefined || call.arguments.some(ts.isSpreadElement)) return;
  if (ts.isObjectLiteralExpression(last)) {
    const names = last.properties.map(({ name }) => (name === undefined ? undefined : nameOf(unit, name)));
    // A spread or a computed name may be either of them.
    if (names.some((name) => name === undefined || name === 'bufferLogs' || name === 'logger')) return;
    const [first] = last.properties;
    if (first === undefined) unit.replace(last, '{ bufferLogs: true }');
    else insertBefore(unit, last, first, () => 'bufferLogs: true');
  } else if (call.arguments.length === 1 || ts.isNewExpression(last))
    unit.insert(last.end, ', { bufferLogs: true }');
  else unit.leave(call, 'add `bufferLogs: true` to its options, so that the first messages are ours as well');
}

/** Calls of `NestFactory.create` and the like. */
export function factoryCallsIn({ unit, names }: Source): ts.CallExpression[] {
  const { ts } = unit;
  return unit.below().filter((node): node is ts.CallExpression => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
    const { expression, name } = node.expression;
    return (
      names.exportOf(expression, '@nestjs/core') === 'NestFactory' && FACTORY_METHODS.includes(name.text)
    );
  });
}

/** Adds `LoggingModule.forRoot(…)` to the `imports` of a module. @returns Whether it could. */
export function addToModule(
  { unit, names }: Source,
  module: ts.ClassDeclaration,
  args: readonly Literal[] = [],
): boolean {
  const { ts } = unit;
  const registration = (at: ts.Node) => {
    const ours = names.ours('LoggingModule');
    const style = {
      quote: unit.quote,
      newline: unit.newline,
      indent: unit.indentAt(at.getStart(unit.source)),
    };
    const texts = args.map((arg) => literalText(arg, style)).join(', ');
    return () => `${ours()}.forRoot(${texts})`;
  };
  const decorator = (ts.getDecorators(module) ?? []).find(
    ({ expression }) =>
      ts.isCallExpression(expression) && names.exportOf(expression.expression, '@nestjs/common') === 'Module',
  );
  const [metadata] = decorator === undefined ? [] : (decorator.expression as ts.CallExpression).arguments;
  if (metadata === undefined || !ts.isObjectLiteralExpression(metadata)) return false;
  const property = metadata.properties.find(
    (candidate) => candidate.name !== undefined && nameOf(unit, candidate.name) === 'imports',
  );
  if (property === undefined) {
    const added = registration(metadata.properties[0] ?? metadata);
    insertFirst(unit, metadata, metadata.properties, () => `imports: [${added()}]`);
    return true;
  }
  if (!ts.isPropertyAssignment(property) || !ts.isArrayLiteralExpression(property.initializer)) return false;
  const list = property.initializer;
  insertFirst(unit, list, list.elements, registration(list.elements[0] ?? list));
  return true;
}

/** On a line of its own where the others are. */
function insertFirst(
  unit: SourceUnit,
  list: ts.Node,
  entries: ts.NodeArray<ts.Node>,
  entry: () => string,
): void {
  const [first] = entries;
  const open = list.getStart(unit.source);
  if (first === undefined) {
    const isObject = unit.text[open] === '{';
    unit.replace({ start: open + 1, end: list.end - 1 }, () => {
      return isObject ? ` ${entry()} ` : entry();
    });
    return;
  }
  insertBefore(unit, list, first, entry);
}

function insertBefore(unit: SourceUnit, list: ts.Node, first: ts.Node, text: () => string): void {
  const start = first.getStart(unit.source);
  const gap = unit.text.slice(list.getStart(unit.source) + 1, start);
  const between = gap.includes('\n') ? unit.newline + unit.indentAt(start) : ' ';
  unit.insert(start, () => `${text()},${between}`);
}
