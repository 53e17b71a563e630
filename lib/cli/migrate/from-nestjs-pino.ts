import type ts from 'typescript';
import { translateNestCall, translatePinoCall } from './logger-calls.js';
import { classAround, usesOf } from './logger-uses.js';
import { bringOver, contextsOf } from './loggers.js';
import {
  decoratorCalls,
  type ForeignModule,
  injectionPlaces,
  type Migration,
  plainCall,
  replaceModules,
  retype,
} from './migration.js';
import type { Source } from './module-registration.js';
import { translatePinoOptions } from './options/pino-options.js';
import type { SourceUnit } from './source-unit.js';

const PINO = 'nestjs-pino';

/** Injected loggers of nestjs-pino, their calls, and its module. */
export const fromNestjsPino: Migration = {
  packages: [PINO, '@nestjs/common'],
  loggers(source) {
    const count = injectionPlaces(source).filter((place) => bringLoggerOver(source, place)).length;
    bringTokensOver(source);
    return count;
  },
  modules(project, broughtOver) {
    replaceModules(project, pinoModule, broughtOver);
  },
};

const ADVICE: Readonly<Record<string, string>> = {
  Logger: '; NestLogger of nestjs-logging has the same methods',
  PinoLogger: '; in tests provide getLoggerToken(name) of nestjs-logging',
};

const pinoModule: ForeignModule = {
  package: PINO,
  name: 'LoggerModule',
  translate: ({ unit }, argument) => translatePinoOptions(unit, argument),
  isServant({ unit, names }, statement) {
    const { ts } = unit;
    const call = plainCall(unit, statement.expression);
    if (call?.method === 'useLogger') {
      const got = plainCall(unit, call.argument);
      return (
        got?.method === 'get' && ['Logger', 'NativeLogger'].includes(names.exportOf(got.argument, PINO) ?? '')
      );
    }
    return (
      call?.method === 'useGlobalInterceptors' &&
      ts.isNewExpression(call.argument) &&
      names.exportOf(call.argument.expression, PINO) === 'LoggerErrorInterceptor'
    );
  },
  // It has Nest's methods, as `NestLogger` has.
  replaceName: ({ unit, names }, node) =>
    names.exportOf(node, PINO) === 'Logger' && !unit.ts.isExpressionWithTypeArguments(node.parent)
      ? () => unit.replace(node, names.ours('NestLogger'))
      : undefined,
  advise: (exported) => `${exported} of ${PINO} stays${ADVICE[exported] ?? ''}`,
};

function bringLoggerOver(
  { unit, names }: Source,
  place: ts.PropertyDeclaration | ts.ParameterDeclaration,
): boolean {
  const { ts } = unit;
  const { type } = place;
  const kind = names.exportOf(type, PINO);
  if (type === undefined || (kind !== 'PinoLogger' && kind !== 'Logger')) return false;
  const decorators = decoratorCalls(unit, place);
  const ours = decorators.find(({ call }) => names.exportOf(call.expression, PINO) === 'InjectPinoLogger');
  const inject = decorators.find(
    ({ call }) =>
      names.exportOf(call.expression, '@nestjs/common') === 'Inject' &&
      ['PinoLogger', 'Logger'].includes(names.exportOf(call.arguments[0], PINO) ?? ''),
  );
  const isInjected =
    ts.isParameter(place) && decoratorCalls(unit, classAround(unit, place) as ts.Node).length > 0;
  if (ours === undefined && inject === undefined && !isInjected) return false;
  const named = ours === undefined ? contextCalls(unit, place) : [];
  const [context] = named;
  if (named.length > 1) return false;
  const name = ours?.call.arguments[0] ?? context?.arguments[0];
  return bringOver(unit, names, {
    place,
    translate: kind === 'PinoLogger' ? translatePinoCall : translateNestCall,
    contexts: contextsOf(unit, place, name),
    ownCalls: new Set(named),
    declare() {
      const decorator = names.ours('InjectLogger');
      const argument = context === undefined ? '' : unit.textOf(context.arguments[0] as ts.Node);
      if (ours !== undefined) unit.replace(ours.call.expression, decorator);
      else if (inject !== undefined) unit.replace(inject.call, () => `${decorator()}(${argument})`);
      else unit.insert(place.getStart(unit.source), () => `@${decorator()}(${argument}) `);
      if (context !== undefined) removeContextCall(unit, context);
      retype(unit, names, type);
    },
  });
}

/** `this.logger.setContext(Orders.name)` in the constructor: the logger's name. */
function contextCalls(
  unit: SourceUnit,
  place: ts.PropertyDeclaration | ts.ParameterDeclaration,
): ts.CallExpression[] {
  const { ts } = unit;
  const found = usesOf(unit, place);
  if ('why' in found) return [];
  return found.uses.flatMap(({ call, method }) => {
    const isPlain =
      call !== undefined &&
      method === 'setContext' &&
      call.arguments.length === 1 &&
      ts.isExpressionStatement(call.parent) &&
      ts.isBlock(call.parent.parent) &&
      ts.isConstructorDeclaration(call.parent.parent.parent) &&
      /^([\w$]+\.name|(['"`])[^'"`$]*\2)$/.test(unit.textOf(call.arguments[0] as ts.Node));
    return isPlain ? [call] : [];
  });
}

/** With the body, if nothing else is in it: `constructor(…) {}`. */
function removeContextCall(unit: SourceUnit, call: ts.CallExpression): void {
  const statement = call.parent;
  const body = statement.parent as ts.Block;
  const inside = unit.text.slice(body.getStart(unit.source) + 1, body.end - 1).trim();
  if (body.statements.length === 1 && inside === unit.textOf(statement))
    unit.replace({ start: body.getStart(unit.source), end: body.end }, '{}');
  else unit.removeStatement(statement);
}

/** `getLoggerToken(name)`: the same function here. */
function bringTokensOver({ unit, names }: Source): void {
  for (const { node, exported } of names.remaining(PINO)) {
    if (
      exported === 'getLoggerToken' &&
      unit.ts.isCallExpression(node.parent) &&
      node.parent.expression === node
    )
      unit.replace(node, names.ours('getLoggerToken'));
  }
}
