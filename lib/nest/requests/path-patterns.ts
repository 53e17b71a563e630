import { pathToRegexp } from 'path-to-regexp';

/** How a platform's router compares paths. */
export interface RoutingRules {
  readonly isCaseSensitive: boolean;
  /** Whether `/cats/` is another path than `/cats`. */
  readonly isStrict: boolean;
}

/** A compiled path pattern. */
export interface PathPattern {
  test(path: string): boolean;
}

/** A parameter with an expression, which Express 4 and Fastify allow and Express 5 does not. */
const EXPRESSION = /\(/;

/** An expression of plain characters, one of which has to be that before a query. */
const QUERY = /^[^|()[\]{}]*\\\?(?![?*{])/;

/** Whether only the template of a route can equal a pattern: it contains an expression, as Fastify's templates may. */
export function isTemplateOnly(pattern: string): boolean {
  return EXPRESSION.test(pattern);
}

/**
 * Why a pattern can never match the path of a request, with the remedy; `undefined` if it can.
 *
 * @param pattern A path, which may have parameters and wildcards, or a regular expression.
 */
export function whyNeverMatches(pattern: string | RegExp): string | undefined {
  if (typeof pattern !== 'string') {
    const { source, flags } = pattern;
    if (QUERY.test(source)) return `/${source}/ never matches: the query is not looked at; leave it out`;
    return /^\^[\w-]/.test(source) && !source.includes('|') && !flags.includes('m')
      ? `/${source}/ never matches: paths start with /, so write /${source.replace('^', '^\\/')}/`
      : undefined;
  }
  if (!pattern.startsWith('/')) return `'${pattern}' never matches: expected a path that starts with /`;
  if (pattern.includes('//'))
    return `'${pattern}' never matches: no route has an empty segment; write '${pattern.replaceAll(/\/{2,}/g, '/')}'`;
  if (isTemplateOnly(pattern)) return undefined;
  const extra = /[?#]/.exec(modernised(pattern))?.[0];
  if (extra !== undefined)
    return `'${pattern}' never matches: a path ends before '${extra}', and the query is not looked at; remove it`;
  try {
    compilePath(pattern, { isCaseSensitive: true, isStrict: true });
    return undefined;
  } catch (error) {
    return `'${pattern}' is not a path pattern: ${(error as Error).message.split('; visit ')[0]}`;
  }
}

/**
 * Compiles a path with `:parameters`, `*` or `*wildcards` (anything, slashes included), and `{optional}` parts.
 *
 * @param end Whether the whole path has to match, or only its beginning.
 * @throws {TypeError} If it is malformed.
 */
export function compilePath(pattern: string, rules: RoutingRules, end = true): RegExp {
  const template = modernised(pattern);
  const path = rules.isStrict || template === '/' ? template : template.replace(/\/+$/, '');
  return pathToRegexp(path, {
    sensitive: rules.isCaseSensitive,
    trailing: !rules.isStrict,
    encodePath: encodeText,
    end,
  }).regexp;
}

/** Converts older forms to the current one: `*` without a name, which may be empty, and `:parameter?`. */
function modernised(pattern: string): string {
  let count = 0;
  return pattern
    .replaceAll(/\*(?![\w$"])/g, () => {
      count += 1;
      return `{*wildcard${count}}`;
    })
    .replaceAll(/(\/?:[\w$]+)\?/g, '{$1}');
}

/** As it is in a URL; what is encoded already stays. */
function encodeText(text: string): string {
  return encodeURI(text).replaceAll('%25', '%');
}
