import type ts from 'typescript';
import { translateNestCall } from './logger-calls.js';
import type { LoggerPlace } from './logger-uses.js';
import { bringOver, contextsOf } from './loggers.js';
import { adviseOfMention, type Migration, plainCall, registerAtRoot, retype } from './migration.js';
import { hasOurModule, type Source } from './module-registration.js';
import { nameOf } from './options/option-reader.js';

const NEST = '@nestjs/common';

/** `new Logger(Orders.name)` of `@nestjs/common` as `getLogger(Orders.name)`, and its calls. */
export const fromNest: Migration = {
  packages: [NEST],
  loggers(source) {
    const { unit, names } = source;
    const { ts } = unit;
    let count = 0;
    for (const node of unit.below()) {
      if (!ts.isNewExpression(node) || names.exportOf(node.expression, NEST) !== 'Logger') continue;
      if (bringLoggerOver(source, node)) count += 1;
    }
    return count;
  },
  modules(project, broughtOver) {
    if (broughtOver > 0 && !hasOurModule(project)) registerAtRoot(project);
    for (const source of project.sources) {
      leaveMentions(source);
      leaveUses(source);
      leaveOptions(source);
    }
  },
};

function bringLoggerOver({ unit, names }: Source, made: ts.NewExpression): boolean {
  const { ts } = unit;
  const { parent } = made;
  if (
    !(ts.isPropertyDeclaration(parent) || ts.isVariableDeclaration(parent)) ||
    parent.initializer !== made
  ) {
    unit.leave(made, 'the logger stays: it is neither a property nor a constant');
    return false;
  }
  const place: LoggerPlace = parent;
  const [context, ...options] = made.arguments ?? [];
  if (context === undefined || options.length > 0 || ts.isSpreadElement(context)) {
    unit.leave(
      made,
      context === undefined
        ? 'the logger stays: it has no name'
        : 'the logger stays: it has options of its own',
    );
    return false;
  }
  const { type } = place;
  if (type !== undefined && names.exportOf(type, NEST) !== 'Logger') {
    unit.leave(made, `the logger stays: it is used as ${unit.textOf(type)}`);
    return false;
  }
  return bringOver(unit, names, {
    place,
    translate: translateNestCall,
    contexts: contextsOf(unit, place, context),
    declare() {
      if (type !== undefined) retype(unit, names, type);
      const start = made.getStart(unit.source);
      unit.replace({ start, end: made.expression.end }, names.ours('getLogger'));
    },
  });
}

/** Files that pass Nest's loggers on. */
function leaveMentions({ unit, names }: Source): void {
  for (const { node, exported } of names.mentions(NEST)) {
    const loggers = exported.filter((name) => name === 'Logger' || name === 'ConsoleLogger');
    if (loggers.length > 0) unit.leave(node, adviseOfMention(NEST, loggers));
  }
}

/** Names of Nest's logging that are still there, but for loggers, which were reported already. */
function leaveUses({ unit, names }: Source): void {
  const { ts } = unit;
  for (const { node, exported } of names.remaining(NEST)) {
    if (exported !== 'Logger' && exported !== 'ConsoleLogger') continue;
    const { parent } = node;
    if (ts.isExpressionWithTypeArguments(parent))
      unit.leave(
        node,
        `a class that extends ${exported} stays: what it does is a matter of handlers, formatters and filters`,
      );
    else if (exported === 'ConsoleLogger')
      unit.leave(node, 'ConsoleLogger stays: its options are listed in docs/from-nest-logger.md');
    else if (ts.isPropertyAccessExpression(parent)) unit.leave(node, adviseOfMember(parent.name.text));
    else if (ts.isTypeReferenceNode(parent) && ts.isParameter(parent.parent)) {
      const isInjected = ts.isConstructorDeclaration(parent.parent.parent);
      unit.leave(
        node,
        isInjected
          ? 'the injected Logger stays: @Logger() of nestjs-logging injects one of ours'
          : 'Logger stays: it is the type of a parameter',
      );
    } else if (!ts.isNewExpression(parent) && !ts.isTypeReferenceNode(parent))
      unit.leave(node, 'Logger stays: it is used as a value');
  }
}

function adviseOfMember(name: string): string {
  if (name === 'prototype')
    return 'Logger.prototype stays: a spy on it is called for loggers that stay, not for those that are ours now';
  if (name === 'overrideLogger') return 'Logger.overrideLogger() stays: it replaces ours';
  const logs = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'].includes(name);
  return `Logger.${name}() stays: ${logs ? 'it comes out of nest.<context> as before' : 'it works as before'}`;
}

/** `logger` of `NestFactory.create`, and `app.useLogger()`. */
function leaveOptions({ unit, names }: Source): void {
  const { ts } = unit;
  for (const node of unit.below()) {
    const use = plainCall(unit, node);
    if (use?.method === 'useLogger')
      unit.leave(
        node,
        'useLogger() stays: a logger that the application chooses replaces ours; levels belong in the configuration',
      );
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
    if (names.exportOf(node.expression.expression, '@nestjs/core') !== 'NestFactory') continue;
    for (const argument of node.arguments.filter(ts.isObjectLiteralExpression)) {
      const option = argument.properties.find(
        ({ name }) => name !== undefined && nameOf(unit, name) === 'logger',
      );
      if (option !== undefined)
        unit.leave(option, 'the option `logger` stays: it replaces ours; levels belong in the configuration');
    }
  }
}
