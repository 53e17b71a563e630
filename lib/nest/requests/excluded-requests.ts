import { type Type, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import type { AbstractHttpAdapter, ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { LoggingError } from '../../core/errors.js';
import { MARKS } from '../internals/marks.js';
import { methodsOf } from '../work/handler-names.js';
import { callOption } from './application-callbacks.js';
import type { ExcludePattern } from './http-log-options.js';
import { compilePath, isTemplateOnly, type RoutingRules } from './path-patterns.js';
import type { RequestState } from './request-state.js';

/** The settings of an application that decide how its paths are read. */
export interface RoutedApplication {
  readonly adapter: AbstractHttpAdapter;
  readonly config: ApplicationConfig;
  readonly modules: ModulesContainer;
}

/** An adapter that reports how its router compares paths; older versions do not. */
interface ReportingAdapter {
  getRouteMatchingOptions(): { readonly caseSensitive: boolean; readonly ignoreTrailingSlash: boolean };
}

/** The settings of the platforms' applications for this. */
interface PlatformInstance {
  /** Express. */
  readonly router?: { readonly caseSensitive?: boolean; readonly strict?: boolean };
  /** Fastify. */
  readonly initialConfig?: FastifyRouting & { readonly routerOptions?: FastifyRouting };
}

interface FastifyRouting {
  readonly caseSensitive?: boolean;
  readonly ignoreTrailingSlash?: boolean;
}

/** Whether one kind of pattern excludes a request. */
type Test = (state: RequestState) => boolean;

/**
 * Which requests get no access record.
 *
 * A path is compared as the platform's router would do it: with the request's path and with the template of its route,
 * each with and without the application's global prefix and version.
 */
export class ExcludedRequests {
  readonly #patterns: readonly ExcludePattern[];
  readonly #application: RoutedApplication;
  /** Made at the first request: prefix, versioning and the settings of the router are chosen after the modules. */
  #tests: readonly Test[] | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for a pattern that the platform's router does not know. */
  constructor(patterns: readonly ExcludePattern[], application: RoutedApplication) {
    this.#patterns = patterns;
    this.#application = application;
    const isExpress = application.adapter.getType() === 'express';
    const foreign = patterns.find((one) => typeof one === 'string' && isTemplateOnly(one));
    if (isExpress && foreign !== undefined) {
      throw new LoggingError(
        'ERR_LOGGING_OPTIONS',
        `LoggingModule.http.exclude: '${String(foreign)}' never matches: Express has no expressions in routes; give a RegExp`,
      );
    }
  }

  /** Whether a request is excluded. What an application's function throws is reported, and excludes nothing. */
  has(state: RequestState): boolean {
    if (this.#patterns.length === 0) return false;
    this.#tests ??= this.#makeTests();
    return this.#tests.some((test) => test(state));
  }

  #makeTests(): Test[] {
    const { adapter, config, modules } = this.#application;
    const rules = rulesOf(adapter);
    const shorten = withoutPrefix(config, modules, rules);
    return this.#patterns.map((pattern) => testOf(pattern, rules, shorten));
  }
}

function testOf(pattern: ExcludePattern, rules: RoutingRules, shorten: Shorten): Test {
  if (typeof pattern === 'function')
    return ({ platformRequest }) =>
      Boolean(callOption('http.exclude', () => pattern(platformRequest as never)));
  if (typeof pattern !== 'string') {
    return ({ path }) => {
      pattern.lastIndex = 0;
      return pattern.test(path);
    };
  }
  const compiled = isTemplateOnly(pattern) ? undefined : compilePath(pattern, rules);
  return ({ path, route }) =>
    (route !== null && shorten(route).includes(pattern)) ||
    (compiled !== undefined && shorten(path).some((one) => compiled.test(one)));
}

function rulesOf(adapter: AbstractHttpAdapter): RoutingRules {
  const reported = (adapter as Partial<ReportingAdapter>).getRouteMatchingOptions?.();
  if (reported !== undefined)
    return { isCaseSensitive: reported.caseSensitive, isStrict: !reported.ignoreTrailingSlash };
  const { initialConfig, router } = adapter.getInstance<PlatformInstance>();
  if (adapter.getType() !== 'fastify')
    return { isCaseSensitive: router?.caseSensitive === true, isStrict: router?.strict === true };
  const settings = { ...initialConfig, ...initialConfig?.routerOptions };
  return {
    isCaseSensitive: settings.caseSensitive !== false && initialConfig?.caseSensitive !== false,
    isStrict: !(settings.ignoreTrailingSlash || initialConfig?.ignoreTrailingSlash),
  };
}

/** A path, and what is left of it without the global prefix, and without the version too. */
type Shorten = (path: string) => readonly string[];

function withoutPrefix(config: ApplicationConfig, modules: ModulesContainer, rules: RoutingRules): Shorten {
  const prefix = config.getGlobalPrefix().replaceAll(/^\/+|\/+$/g, '');
  const versions = versionsOf(config, modules);
  const parts = [
    ...(prefix === '' ? [] : [compilePath(`/${prefix}`, { ...rules, isStrict: true }, false)]),
    ...(versions.length === 0 ? [] : [new RegExp(`^/(?:${versions.join('|')})(?=/|$)`, 'i')]),
  ];
  return (path) => {
    const all = [path];
    let shortest = path;
    for (const part of parts) {
      const found = part.exec(shortest)?.[0];
      if (found === undefined) continue;
      shortest = shortest.slice(found.length) || '/';
      all.push(shortest);
    }
    return all;
  };
}

/** The segments of versions that the application's routes have, as sources of an expression. */
function versionsOf(config: ApplicationConfig, modules: ModulesContainer): string[] {
  const versioning = config.getVersioning();
  if (versioning?.type !== VersioningType.URI) return [];
  const start = versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
  const found = new Set<unknown>([versioning.defaultVersion].flat());
  for (const { type, method } of methodsOf(modules)) {
    for (const marked of [type as Type, method])
      for (const version of [Reflect.getMetadata(MARKS.version, marked) as unknown].flat())
        found.add(version);
  }
  return [...found]
    .filter((version) => version !== undefined && version !== VERSION_NEUTRAL)
    .map((version) => `${start}${String(version)}`.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
}
