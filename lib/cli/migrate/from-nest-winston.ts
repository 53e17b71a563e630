import type ts from 'typescript';
import { replaceCreatedLogger } from './created-logger.js';
import { translateNestCall, translateWinstonCall } from './logger-calls.js';
import { bringOver, contextsOf } from './loggers.js';
import {
  adviseOfMention,
  decoratorCalls,
  type ForeignModule,
  injectionPlaces,
  type Migration,
  plainCall,
  replaceModules,
  retype,
} from './migration.js';
import type { Source } from './module-registration.js';
import { DAILY_FILE } from './options/winston-daily-file.js';
import { translateWinstonOptions } from './options/winston-options.js';

const NEST_WINSTON = 'nest-winston';

/** Injected loggers of nest-winston, their calls, and its module. */
export const fromNestWinston: Migration = {
  packages: [NEST_WINSTON, 'winston', '@nestjs/common'],
  loggers(source) {
    return injectionPlaces(source).filter((place) => bringLoggerOver(source, place)).length;
  },
  modules(project, broughtOver) {
    const isReplaced = replaceCreatedLogger(
      project,
      createLoggerOptions,
      (source, options) => winstonModule.translate(source, options),
      [NEST_WINSTON, WINSTON, DAILY_FILE],
    );
    replaceModules(project, winstonModule, isReplaced ? 0 : broughtOver);
    for (const source of project.sources) {
      removeDailyFile(source);
      leaveWinston(source);
    }
  },
};

const WINSTON = 'winston';

/** What `WinstonModule.createLogger` is given. */
function createLoggerOptions({ unit, names }: Source, made: ts.Expression): ts.Expression | undefined {
  const { ts } = unit;
  if (!ts.isCallExpression(made) || !ts.isPropertyAccessExpression(made.expression)) return undefined;
  const { expression: of, name } = made.expression;
  return name.text === 'createLogger' && names.exportOf(of, NEST_WINSTON) === 'WinstonModule'
    ? made.arguments[0]
    : undefined;
}

/** `import 'winston-daily-rotate-file'`, where nothing of winston is left that it adds its transport to. */
function removeDailyFile({ unit, names }: Source): void {
  const { ts } = unit;
  if (names.remaining(WINSTON).length > 0) return;
  for (const statement of unit.source.statements) {
    const isBare = ts.isImportDeclaration(statement) && statement.importClause === undefined;
    if (isBare && (statement.moduleSpecifier as ts.StringLiteral).text === DAILY_FILE)
      unit.removeStatement(statement);
  }
}

/** Loggers that are made of winston itself, past nest-winston; a source is named once. */
function leaveWinston({ unit, names }: Source): void {
  const { ts } = unit;
  const isReported = unit.left.length > 0;
  const own = names.remaining(WINSTON).find(({ node, exported }) => {
    // The type of a logger that was left, and was reported.
    if (exported === 'Logger' && isReported) return false;
    for (let outer: ts.Node | undefined = node.parent; outer !== undefined; outer = outer.parent) {
      const called = ts.isCallExpression(outer) ? outer.expression : undefined;
      const isOfModule =
        called !== undefined &&
        ts.isPropertyAccessExpression(called) &&
        names.exportOf(called.expression, NEST_WINSTON) === 'WinstonModule';
      if (isOfModule) return false;
    }
    return true;
  });
  if (own !== undefined)
    unit.leave(
      own.node,
      `${own.exported === '*' ? WINSTON : `${own.exported} of ${WINSTON}`} stays: its transports and formats are handlers and formatters of a configuration, docs/from-nest-winston.md lists them`,
    );
  for (const { node, exported } of names.mentions(WINSTON))
    unit.leave(node, adviseOfMention(WINSTON, exported));
}

const winstonModule: ForeignModule = {
  package: NEST_WINSTON,
  name: 'WinstonModule',
  translate: ({ unit, names }, argument) => translateWinstonOptions(unit, names, argument),
  isServant({ unit, names }, statement) {
    const call = plainCall(unit, statement.expression);
    const got = call?.method === 'useLogger' ? plainCall(unit, call.argument) : undefined;
    return (
      got?.method === 'get' && names.exportOf(got.argument, NEST_WINSTON) === 'WINSTON_MODULE_NEST_PROVIDER'
    );
  },
  replaceName: ({ unit, names }, node) =>
    names.exportOf(node, NEST_WINSTON) === 'WINSTON_MODULE_NEST_PROVIDER' &&
    unit.ts.isCallExpression(node.parent)
      ? () => unit.replace(node, names.ours('NestLogger'))
      : undefined,
  advise: (exported) =>
    exported === 'WinstonModule'
      ? 'WinstonModule.createLogger() stays: LoggingModule.forRoot(config) in the root module and `bufferLogs: true` do the same'
      : `${exported} of ${NEST_WINSTON} stays`,
};

function bringLoggerOver(
  { unit, names }: Source,
  place: ts.PropertyDeclaration | ts.ParameterDeclaration,
): boolean {
  const { type } = place;
  const inject = decoratorCalls(unit, place).find(
    ({ call }) =>
      names.exportOf(call.expression, '@nestjs/common') === 'Inject' && call.arguments.length === 1,
  );
  const token = names.exportOf(inject?.call.arguments[0], NEST_WINSTON);
  if (type === undefined || inject === undefined || token === undefined) return false;
  const isWinston = token === 'WINSTON_MODULE_PROVIDER' && names.exportOf(type, 'winston') === 'Logger';
  const isNest =
    token === 'WINSTON_MODULE_NEST_PROVIDER' &&
    (names.exportOf(type, NEST_WINSTON) === 'WinstonLogger' ||
      ['LoggerService', 'Logger'].includes(names.exportOf(type, '@nestjs/common') ?? ''));
  if (!isWinston && !isNest) return false;
  return bringOver(unit, names, {
    place,
    translate: isWinston ? translateWinstonCall : translateNestCall,
    contexts: contextsOf(unit, place),
    declare() {
      const decorator = names.ours('InjectLogger');
      unit.replace(inject.call, () => `${decorator()}()`);
      retype(unit, names, type);
    },
  });
}
