import type ts from 'typescript';
import { translateAsync } from './async-registration.js';
import { contains } from './identifiers.js';
import type { ImportedNames } from './imported-names.js';
import {
  addRegistrationBefore,
  addToModule,
  bufferFirstMessages,
  hasOurModule,
  type Project,
  replaceRegistration,
  rootModules,
  type Source,
} from './module-registration.js';
import { nameOf, type TranslatedModule } from './options/option-reader.js';
import type { SourceUnit } from './source-unit.js';

/** How sources of one logger are brought over. */
export interface Migration {
  /** Packages whose names are looked at, and taken out of imports when nothing uses them any more. */
  readonly packages: readonly string[];
  /** Brings the loggers of a source over. @returns How many. */
  loggers(source: Source): number;
  /** Brings over what registers them, once the loggers of all sources are done. */
  modules(project: Project, broughtOver: number): void;
}

/** What a module of another package is registered by, and what goes with it. */
export interface ForeignModule {
  readonly package: string;
  /** The class: `LoggerModule`. */
  readonly name: string;
  /** The arguments of its `forRoot` as ours, or why not. */
  translate(source: Source, argument: ts.Expression | undefined): TranslatedModule | string[];
  /** Statements that only serve it: `app.useLogger(app.get(Logger))`. */
  isServant(source: Source, statement: ts.ExpressionStatement): boolean;
  /** Puts ours in the place of a name that is still used, once its module is replaced; `undefined` if that is not known. */
  replaceName?(source: Source, node: ts.Node): (() => void) | undefined;
  /** What to do about a name that is still used. */
  advise(exported: string): string;
}

/** Whether a source is a test: what is left there does not keep the application from starting. */
export function isTest({ file }: SourceUnit): boolean {
  return /(\.(e2e-)?(spec|test)\.[cm]?[jt]sx?$)|((^|\/)(test|tests|__tests__|e2e)\/)/.test(file);
}

/**
 * Replaces the registration of another package's module, if its options are understood and nothing of the package is
 * left that needs it. Otherwise ours is put beside it, and both work until the rest is done by hand.
 */
export function replaceModules(project: Project, foreign: ForeignModule, broughtOver: number): void {
  const registrations = project.sources.flatMap((source) =>
    registrationsIn(source, foreign).map((call) => ({ source, call })),
  );
  const servants = project.sources.flatMap((source) =>
    servantsIn(source, foreign).map((statement) => ({ source, statement })),
  );
  const within = [...registrations.map(({ call }) => call), ...servants.map(({ statement }) => statement)];
  const rest = project.sources.flatMap((source) =>
    source.names
      .remaining(foreign.package)
      .filter(
        ({ node }) =>
          !within.some((outer) => outer.getSourceFile() === node.getSourceFile() && contains(outer, node)),
      )
      .map(({ node, exported }) => ({
        ...{ unit: source.unit, node, exported },
        replace: isExportOfModule(foreign, source, node)
          ? () => source.unit.replace(node, source.names.ours('LoggingModule'))
          : foreign.replaceName?.(source, node),
      })),
  );
  const named = project.sources.flatMap(({ unit, names }) =>
    names.mentions(foreign.package).map((mention) => ({ unit, ...mention })),
  );
  for (const { unit, node, exported } of named) unit.leave(node, adviseOfMention(foreign.package, exported));
  const needed = [...rest.filter(({ replace }) => replace === undefined), ...named].some(
    ({ unit }) => !isTest(unit),
  );
  const translated = registrations.map(({ source, call }) => ({
    source,
    call,
    result: translate(foreign, source, call),
  }));
  const replaces = translated.every(({ result }) => !Array.isArray(result)) && !needed;
  for (const { unit, node, exported, replace } of rest) {
    if (replaces && translated.length > 0 && replace !== undefined) replace();
    else unit.leave(node, foreign.advise(exported));
  }
  if (replaces) {
    for (const { source, call, result } of translated) {
      const module = result as TranslatedModule;
      replaceRegistration(source, call, module);
      for (const note of module.notes) source.unit.leave(call, note);
    }
    for (const { source, statement } of servants) source.unit.removeStatement(statement);
    if (translated.length > 0) bufferFirstMessages(project);
  } else {
    keepBoth(project, foreign, translated, broughtOver);
  }
  if (broughtOver > 0 && registrations.length === 0 && !hasOurModule(project)) registerAtRoot(project);
}

/** `exports: [LoggerModule]`, of the module that registers it. */
function isExportOfModule(foreign: ForeignModule, { unit, names }: Source, node: ts.Node): boolean {
  const { ts } = unit;
  const property = node.parent.parent;
  return (
    names.exportOf(node, foreign.package) === foreign.name &&
    ts.isArrayLiteralExpression(node.parent) &&
    ts.isPropertyAssignment(property) &&
    nameOf(unit, property.name) === 'exports'
  );
}

/** What to do about a package that is named in a way that is not followed. */
export function adviseOfMention(name: string, exported: readonly string[]): string {
  return exported.length === 0
    ? `${name} stays: what is taken from it here is not followed`
    : `${exported.join(', ')} of ${name} stays: it is passed on from here, and other files may use it`;
}

function keepBoth(
  project: Project,
  foreign: ForeignModule,
  registrations: readonly { source: Source; call: ts.CallExpression; result: TranslatedModule | string[] }[],
  broughtOver: number,
): void {
  const isThere = hasOurModule(project);
  for (const { source, call, result } of registrations) {
    const why = Array.isArray(result) ? result.join(', ') : `something needs it still, see the other places`;
    const beside = broughtOver > 0 || isThere ? '; LoggingModule.forRoot() is beside it until then' : '';
    source.unit.leave(call, `${foreign.name} stays: ${why}${beside}`);
    if (broughtOver > 0 && !isThere) addRegistrationBefore(source, call);
  }
}

/** Adds `LoggingModule.forRoot()` to the modules that applications are made of. */
export function registerAtRoot(project: Project): void {
  const roots = rootModules(project);
  if (roots.length > 0) bufferFirstMessages(project);
  for (const { source, module } of roots) {
    if (!addToModule(source, module))
      source.unit.leave(module, 'its imports are not written out: add LoggingModule.forRoot() to them');
  }
  const [first] = project.sources;
  if (roots.length === 0 && first !== undefined)
    first.unit.leave(
      first.unit.source,
      'no NestFactory.create(…) with its module is among these sources: add LoggingModule.forRoot() to the imports of the root module',
    );
}

function translate(
  foreign: ForeignModule,
  source: Source,
  call: ts.CallExpression,
): TranslatedModule | string[] {
  const { ts } = source.unit;
  const method = (call.expression as ts.PropertyAccessExpression).name.text;
  if (method === 'forRootAsync')
    return translateAsync(source, foreign.package, call, (options) => foreign.translate(source, options));
  const [argument] = call.arguments;
  return argument !== undefined && ts.isSpreadElement(argument)
    ? ['its options are not written out']
    : foreign.translate(source, argument);
}

function registrationsIn({ unit, names }: Source, foreign: ForeignModule): ts.CallExpression[] {
  const { ts } = unit;
  return unit.below().filter((node): node is ts.CallExpression => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
    const { expression, name } = node.expression;
    return (
      /^forRoot(Async)?$/.test(name.text) && names.exportOf(expression, foreign.package) === foreign.name
    );
  });
}

function servantsIn(source: Source, foreign: ForeignModule): ts.ExpressionStatement[] {
  const { ts } = source.unit;
  return source.unit
    .below()
    .filter(
      (node): node is ts.ExpressionStatement =>
        ts.isExpressionStatement(node) && foreign.isServant(source, node),
    );
}

/** `app.METHOD(argument)` as its method and argument. */
export function plainCall(
  { ts }: SourceUnit,
  node: ts.Node,
): { readonly method: string; readonly argument: ts.Expression } | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const [argument] = node.arguments;
  if (argument === undefined || node.arguments.length !== 1) return undefined;
  return { method: node.expression.name.text, argument };
}

/** The name of a type, and of the decorators that a parameter or property has. */
export function decoratorCalls(
  { ts }: SourceUnit,
  node: ts.Node,
): { readonly decorator: ts.Decorator; readonly call: ts.CallExpression }[] {
  if (!ts.canHaveDecorators(node)) return [];
  return (ts.getDecorators(node) ?? []).flatMap((decorator) =>
    ts.isCallExpression(decorator.expression) ? [{ decorator, call: decorator.expression }] : [],
  );
}

/** Members of classes and parameters of their constructors: where loggers are injected. */
export function injectionPlaces({ unit }: Source): (ts.PropertyDeclaration | ts.ParameterDeclaration)[] {
  const { ts } = unit;
  return unit
    .below()
    .filter(
      (node): node is ts.PropertyDeclaration | ts.ParameterDeclaration =>
        ts.isPropertyDeclaration(node) || (ts.isParameter(node) && ts.isConstructorDeclaration(node.parent)),
    );
}

/** Asks for the type of a logger of ours in the place of another. */
export function retype(unit: SourceUnit, names: ImportedNames, type: ts.TypeNode): void {
  unit.replace(type, names.ours('LoggerType'));
}
