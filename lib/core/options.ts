import * as v from 'valibot';
import { isPlainObject } from '../runtime/plain-object.js';
import { unquoted } from '../runtime/units.js';
import { withPresentNames } from './earlier-names.js';
import { LoggingError } from './errors.js';
import { suggestion } from './suggestion.js';

/** An error in a configuration or in options: where, and what to do about it. */
export interface OptionIssue {
  /** Keys from the outside in, with dots: `handlers.file.maxBytes`; `''` for the whole. */
  readonly path: string;
  /** What is wrong, with the value and the remedy. */
  readonly message: string;
}

/** A schema of a component's options: an object whose keys are those of its entry in a configuration. */
export type OptionsSchema = v.GenericSchema<object, object>;

/**
 * Checks options against their schema.
 *
 * @param where The component, for the error: `FileHandler`.
 * @param isStrict Whether unknown keys are errors; default true. Off for derived classes, which may add their own.
 * @returns The options with defaults filled in.
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS` with every error.
 */
export function checkOptions<TSchema extends v.GenericSchema<object, object>>(
  where: string,
  schema: TSchema,
  options: unknown,
  isStrict = true,
): v.InferOutput<TSchema> {
  if (typeof (options ?? {}) !== 'object') throw notAnObject(where, schema, options);
  const { output, found, unknownKeys } = parse(schema, options ?? {}, where);
  const issues = found.filter((issue) => isStrict || !unknownKeys.has(issue));
  if (issues.length > 0) {
    const [first] = issues as [OptionIssue];
    const text =
      issues.length === 1
        ? formatIssue(first)
        : `${issues.length} errors\n${issues.map((issue) => `  ${formatIssue(issue)}`).join('\n')}`;
    throw new LoggingError('ERR_LOGGING_OPTIONS', text);
  }
  return output as v.InferOutput<TSchema>;
}

/** For users who call a constructor as in Python. */
function notAnObject(where: string, schema: object, options: unknown): LoggingError {
  const keys = Object.keys((schema as { entries?: object }).entries ?? {}).slice(0, 8);
  const remedy = keys.length === 0 ? '' : `, with keys such as ${keys.join(', ')}: new ${where}({ … })`;
  return new LoggingError(
    'ERR_LOGGING_OPTIONS',
    `${where}: expected one object of options${remedy}; got ${typeof options}`,
  );
}

/** All errors of options; empty if they are valid. @param path The place of the options themselves. */
export function findIssues(schema: v.GenericSchema, options: unknown, path: string): OptionIssue[] {
  return parse(schema, options, path).found;
}

/**
 * Parses options, and finds all errors.
 *
 * Valibot names only the first unknown key of an object, and then skips the checks of the whole object. So unknown keys
 * are removed one by one, and the rest is parsed again. After a wrong value it skips these checks too: see
 * {@link checksOfWhole}.
 *
 * @returns The options without unknown keys, all errors, and which of them are about unknown keys.
 */
function parse(schema: v.GenericSchema, options: unknown, path: string) {
  const found = new Map<string, OptionIssue>();
  const unknownKeys = new Set<OptionIssue>();
  const add = (issue: v.BaseIssue<unknown>) => {
    const one = toIssue(issue, path, schema);
    found.set(formatIssue(one), one);
    if (isUnknownKey(issue)) unknownKeys.add(one);
  };
  let given = withPresentNames(schema, options);
  for (let parses = 1; ; parses += 1) {
    const { issues = [], output } = v.safeParse(schema, given);
    issues.forEach(add);
    const unknown = issues.filter(isUnknownKey);
    if (unknown.length === 0 || parses === MAX_PARSES) {
      checksOfWhole(schema, given, issues).forEach(add);
      return { output, found: [...found.values()], unknownKeys };
    }
    for (const issue of unknown) given = without(given, keysOf(issue));
  }
}

/** How often options are parsed: of more unknown keys in one object, the others are not named. */
const MAX_PARSES = 20;

/** A pipe of a schema, or a schema without one. */
interface Piped {
  readonly type: string;
  readonly kind: string;
  readonly pipe?: readonly Piped[];
}

/**
 * Runs the checks of the whole object although some values are wrong. What a check finds counts only if it has read none
 * of the wrong values.
 *
 * @param issues The wrong values.
 */
function checksOfWhole(
  schema: v.GenericSchema,
  given: unknown,
  issues: readonly v.BaseIssue<unknown>[],
): v.BaseIssue<unknown>[] {
  const wrong = new Set(issues.map((issue) => keysOf(issue)[0]));
  // Without wrong values valibot has run all checks.
  if (wrong.size === 0 || wrong.has(undefined) || !isPlainObject(given)) return [];
  const [object, checks] = takeApart(schema as unknown as Piped);
  const { output } = v.safeParse(object as unknown as v.GenericSchema<object>, given);
  return checks.flatMap((check) => {
    let isSure = true;
    const watched = new Proxy(output as object, {
      get(target, key) {
        if (typeof key === 'string' && wrong.has(key)) isSure = false;
        return Reflect.get(target, key) as unknown;
      },
      ownKeys(target) {
        isSure = false;
        return Reflect.ownKeys(target);
      },
    });
    try {
      const { issues: found = [] } = check['~run']({ typed: true, value: watched }, {});
      return isSure ? found : [];
    } catch {
      return [];
    }
  });
}

/** The schema of an object, and the checks that follow it in its pipes, up to the first transformation. */
function takeApart(
  schema: Piped,
): [object: Piped, checks: v.BaseValidation<object, object, v.BaseIssue<unknown>>[]] {
  const [first, ...rest] = schema.pipe ?? [];
  if (first === undefined) return [schema, []];
  const [object, checks] = takeApart(first);
  const end = rest.findIndex(({ kind }) => kind === 'transformation' || kind === 'schema');
  const own = rest.slice(0, end < 0 ? rest.length : end).filter(({ type }) => type === 'check');
  return [object, [...checks, ...(own as unknown as typeof checks)]];
}

/** The keys that lead to an issue, from the outside in. */
function keysOf(issue: v.BaseIssue<unknown>): readonly string[] {
  return (issue.path ?? []).map(({ key }) => String(key));
}

/** A copy of options without the last of these keys, which the keys before it lead to. */
function without(options: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(options))
    return options.map((item, at) => (String(at) === key ? without(item, rest) : item));
  const { [key]: value, ...others } = options as Readonly<Record<string, unknown>>;
  const kept = rest.length === 0 ? others : { ...others, [key]: without(value, rest) };
  return Object.create(Object.getPrototypeOf(options), Object.getOwnPropertyDescriptors(kept)) as object;
}

/** `path: message`. */
export function formatIssue(issue: OptionIssue): string {
  return issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`;
}

/** A key that the schema does not have. */
function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.expected === 'never';
}

/** A key that the schema needs and the options do not have. */
function isMissingKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'strict_object' && issue.path?.at(-1)?.origin === 'key';
}

function toIssue(issue: v.BaseIssue<unknown>, path: string, schema: v.GenericSchema): OptionIssue {
  const keys = keysOf(issue);
  const message = describe(issue, keys, schema);
  // The message of a check of the whole object begins with the option that it is about.
  const [start = '', name = ''] = (keys.length === 0 && OPTION_FIRST.exec(message)) || [];
  const isOption = Object.hasOwn((schema as { entries?: object }).entries ?? {}, name);
  return isOption
    ? { path: joinKeys(path, name), message: message.slice(start.length) }
    : { path: joinKeys(path, ...keys), message };
}

const OPTION_FIRST = /^(\w+): /;

function joinKeys(...keys: string[]): string {
  return keys.filter((key) => key !== '').join('.');
}

function describe(issue: v.BaseIssue<unknown>, keys: readonly string[], schema: v.GenericSchema): string {
  if (isUnknownKey(issue)) {
    const known = keys.length === 1 ? Object.keys((schema as { entries?: object }).entries ?? {}) : [];
    return `unknown key${suggestion(keys.at(-1) ?? '', known)}`;
  }
  if (isMissingKey(issue)) return 'missing, and there is no default';
  // A schema's own messages say more than valibot's.
  if (!VALIBOT_MESSAGE.test(issue.message)) return issue.message;
  const other = issue.type.endsWith('integer') ? 'an integer' : 'another value';
  const expected = (issue.expected ?? other).replaceAll(/[()]/g, '').replaceAll(' | ', ' or ');
  const remedy = issue.expected === 'number' ? unquoted(issue.input) : '';
  return `expected ${expected}, got ${issue.received}${remedy}`;
}

/** Valibot's message, for a schema without one. */
const VALIBOT_MESSAGE = /^Invalid [\w ]+: (Expected .* but received|Received) /s;
