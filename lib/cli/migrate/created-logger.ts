import type ts from 'typescript';
import { contains, isReference } from './identifiers.js';
import {
  addToModule,
  factoryCallsIn,
  hasOurModule,
  type Project,
  rootModules,
  type Source,
} from './module-registration.js';
import { nameOf, type TranslatedModule } from './options/option-reader.js';

/** Names that mean the same in every file. */
const GLOBALS = ['process', 'undefined', 'console', 'Number', 'String', 'Boolean', 'Date', 'JSON'];

/**
 * `{ logger: SomeModule.createLogger(options) }` of `NestFactory.create`: its options are those of ours in the root module,
 * and `bufferLogs` takes its place.
 *
 * Left alone where the options need a name of their file, and where more than one application is made.
 *
 * @param optionsOf The argument of a call that makes such a logger; `undefined` for any other expression.
 * @param packages What the names of the options come from; they are gone with them.
 * @returns Whether it was replaced.
 */
export function replaceCreatedLogger(
  project: Project,
  optionsOf: (source: Source, made: ts.Expression) => ts.Expression | undefined,
  translate: (source: Source, options: ts.Expression) => TranslatedModule | string[],
  packages: readonly string[],
): boolean {
  const [root, ...otherRoots] = rootModules(project);
  if (root === undefined || otherRoots.length > 0 || hasOurModule(project)) return false;
  for (const source of project.sources)
    for (const call of factoryCallsIn(source)) {
      const found = loggerOption(source, call);
      const options = found && optionsOf(source, found.initializer);
      if (found === undefined || options === undefined || !standsAlone(source, options, packages)) continue;
      const translated = translate(source, options);
      if (Array.isArray(translated)) {
        source.unit.leave(found, `the option \`logger\` stays: ${translated.join(', ')}`);
        continue;
      }
      if (!addToModule(root.source, root.module, translated.args)) continue;
      replaceOption(source, found);
      for (const note of translated.notes) source.unit.leave(found, note);
      return true;
    }
  return false;
}

function loggerOption({ unit }: Source, call: ts.CallExpression): ts.PropertyAssignment | undefined {
  const { ts } = unit;
  const options = call.arguments.at(-1);
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return undefined;
  return options.properties.find(
    (property): property is ts.PropertyAssignment =>
      ts.isPropertyAssignment(property) && nameOf(unit, property.name) === 'logger',
  );
}

/** Whether the options mean the same in another file. */
function standsAlone({ unit, names }: Source, options: ts.Expression, packages: readonly string[]): boolean {
  const { ts } = unit;
  const known = packages.flatMap((name) => names.remaining(name).map(({ node }) => node));
  return unit
    .below(options)
    .filter(ts.isIdentifier)
    .every(
      (name) =>
        !isReference(unit, name) || GLOBALS.includes(name.text) || known.some((node) => contains(node, name)),
    );
}

/** By `bufferLogs: true`, unless that is there. */
function replaceOption({ unit }: Source, option: ts.PropertyAssignment): void {
  const { properties } = option.parent;
  const isBuffered = properties.some(({ name }) => name !== undefined && nameOf(unit, name) === 'bufferLogs');
  if (!isBuffered) {
    unit.replace(option, 'bufferLogs: true');
    return;
  }
  const at = properties.indexOf(option);
  const [before, next] = [properties[at - 1], properties[at + 1]];
  const { source } = unit;
  if (next !== undefined) unit.replace({ start: option.getStart(source), end: next.getStart(source) }, '');
  else unit.replace({ start: before?.end ?? option.getStart(source), end: option.end }, '');
}
