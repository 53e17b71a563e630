import {
  Body,
  Controller,
  Get,
  Inject,
  Injectable,
  Logger,
  UseFilters,
  UseGuards,
  Version,
} from '@nestjs/common';
import { BaseExceptionFilter, type ModulesContainer } from '@nestjs/core';
import { globalSlot } from '../../runtime/global-slot.js';
import { expectInternal, type InternalName } from './expected-internals.js';
import { MARKS } from './marks.js';
import { bufferedCalls, FAILURE_CONTEXT, hasLogger } from './nest-loggers.js';
import { loadingOf } from './nest-modules.js';

const here = globalSlot('nest.checks.1', () => ({
  /** The copies of Nest that were checked. */
  checked: new WeakSet<object>(),
}));

/** The parts of Nest that are checked; tests pass others. */
export const nest = {
  BaseExceptionFilter,
  Body,
  Controller,
  Get,
  Inject,
  Injectable,
  Logger,
  UseFilters,
  UseGuards,
  Version,
};

/** What {@link checkNest} looks at. */
export interface NestUnderCheck {
  readonly nest: typeof nest;
  readonly modules: ModulesContainer;
}

/** Checks what every application has, once for each copy of Nest: decorators leave their marks on a class that is thrown away. */
export function checkNest(given: NestUnderCheck): void {
  if (here.checked.has(given.nest)) return;
  here.checked.add(given.nest);
  for (const [name, isFound] of Object.entries(checks(given)))
    expectInternal(name as InternalName, holds(isFound));
}

function checks({ nest, modules }: NestUnderCheck) {
  const { type, handler, filter, guard } = markedClass(nest);
  const of = (key: string, target: object = type): unknown => Reflect.getMetadata(key, target);
  const all = [...modules.values()];
  return {
    injectable: () => Reflect.hasMetadata(MARKS.injectable, type),
    parameterTokens: () => (of(MARKS.parameterTokens) as [{ param: unknown }])[0].param === 'here',
    propertyTokens: () => (of(MARKS.propertyTokens) as [{ type: unknown }])[0].type === 'here',
    route: () => of(MARKS.route, handler) === 'here',
    host: () => of(MARKS.host) === 'there',
    version: () => of(MARKS.version, handler) === '1',
    filters: () => (of(MARKS.filters, handler) as unknown[]).includes(filter),
    guards: () => (of(MARKS.guards) as unknown[]).includes(guard),
    routeArguments: () => Reflect.hasMetadata(MARKS.routeArguments, type, 'handler'),
    currentLogger: () => 'staticInstanceRef' in nest.Logger,
    bufferedCalls: () => Array.isArray(bufferedCalls(nest.Logger)),
    failureLogger: () => hasLogger(nest.BaseExceptionFilter, FAILURE_CONTEXT),
    loading: () => all.some(({ providers }) => [...providers.values()].some((one) => loadingOf(one))),
    distance: () => all.every(({ distance }) => typeof distance === 'number'),
  } satisfies { readonly [Name in InternalName]?: () => unknown };
}

/** A check that throws counts as one that found nothing. */
function holds(check: () => unknown): boolean {
  try {
    return Boolean(check());
  } catch {
    return false;
  }
}

/** A class with all the marks. */
function markedClass(decorators: typeof nest) {
  const { Body, Controller, Get, Inject, Injectable, UseFilters, UseGuards, Version } = decorators;
  class Marked {
    handler(): void {}
  }
  class MarkedFilter {
    catch(): void {}
  }
  class MarkedGuard {
    canActivate(): boolean {
      return true;
    }
  }
  const { prototype } = Marked;
  const { handler } = prototype;
  const member = Object.getOwnPropertyDescriptor(prototype, 'handler') as TypedPropertyDescriptor<unknown>;
  const decorations: (() => unknown)[] = [
    () => Controller({ path: 'here', host: 'there' })(Marked),
    () => Injectable()(Marked),
    () => Inject('here')(Marked, undefined, 0),
    () => Inject('here')(prototype, 'field'),
    () => Get('here')(prototype, 'handler', member),
    () => Version('1')(prototype, 'handler', member),
    () => Body()(prototype, 'handler', 0),
    () => UseFilters(MarkedFilter)(prototype, 'handler', member),
    () => UseGuards(MarkedGuard)(Marked),
  ];
  for (const decorate of decorations) holds(decorate);
  return { type: Marked, handler, filter: MarkedFilter, guard: MarkedGuard };
}
