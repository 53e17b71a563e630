import { resolve } from 'node:path';
import type { PlannedWithoutWorkers } from '../config/plan/planned-config.js';
import { Formatter } from '../core/formatting/formatter.js';
import { compileSettings, type FormatterSettings } from '../core/formatting/formatter-options.js';
import type { OptionIssue } from '../core/options.js';
import { RESERVED_ATTRIBUTES } from '../core/records/record-attributes.js';
import { makeLogRecord } from '../core/records/record-factory.js';
import { suggestion } from '../core/suggestion.js';
import { PythonJsonFormatter } from '../formatters/python-json.formatter.js';
import { AdminEmailHandler } from '../handlers/mail/admin-email.handler.js';
import { findExceptionReporter } from '../handlers/mail/django-settings.js';
import { isPlainObject } from '../runtime/plain-object.js';
import { isForeign } from './foreign-names.js';

/**
 * Finds errors that planning does not find: formats that fail with each record, names that are looked up when a
 * component is made, spools that two handlers share.
 *
 * @param foreign Takes names that only the application may know; without it they are errors.
 * @returns To be asked for each component of one plan.
 */
export function componentInspection(
  foreign: Set<string> | undefined,
): (component: PlannedWithoutWorkers) => OptionIssue[] {
  const spools = new Map<string, string>();
  return (component) =>
    component.kind === 'formatter'
      ? [...misspeltFields(component), ...failingFormats(component)]
      : [...unknownReporters(component, foreign), ...sharedSpools(component, spools)];
}

/** The key of a format string; `undefined` if there is none. */
function formatKey({ kind, options }: PlannedWithoutWorkers): 'format' | 'fmt' | undefined {
  if (kind !== 'formatter') return undefined;
  // An empty or missing format gives way to the other key.
  const key = options.format == null ? 'fmt' : 'format';
  return typeof options[key] === 'string' ? key : undefined;
}

/** Fields that formats often name although not every record has them. */
const USUAL_FIELDS = ['request_id', 'trace_id', 'span_id', 'exc_info', 'exc_text', 'stack_info'];

/**
 * Finds fields of a format that no record has and that are one letter or two away from one that it has: each record
 * would fail.
 *
 * A field is the application's own if its name resembles no known one, or if it has a default.
 */
function misspeltFields(component: PlannedWithoutWorkers): OptionIssue[] {
  const { path, options } = component;
  const key = formatKey(component);
  if (key === undefined) return [];
  return fieldsOf(options).flatMap((name) => {
    if (RESERVED_ATTRIBUTES.has(name) || USUAL_FIELDS.includes(name)) return [];
    if (Object.hasOwn((options.defaults as object | undefined) ?? {}, name)) return [];
    // A short name is near to too many.
    const meant = name.length < 5 ? '' : suggestion(name, [...RESERVED_ATTRIBUTES]);
    if (!meant.startsWith('; did') || isPlural(name)) return [];
    const remedy = `For a field of your own give a default: defaults: { ${name}: '-' }`;
    return [{ path: `${path}.${key}`, message: `records have no "${name}"${meant} ${remedy}` }];
  });
}

/** `names`, `levels` and the like are words of their own. */
function isPlural(name: string): boolean {
  return name.endsWith('s') && RESERVED_ATTRIBUTES.has(name.slice(0, -1));
}

function fieldsOf(options: Record<string, unknown>): readonly string[] {
  try {
    return compileSettings(settingsOf(options)).fields;
  } catch {
    return [];
  }
}

function settingsOf(options: Record<string, unknown>): FormatterSettings {
  return { style: '%', sanitize: 'none', ...options, validate: false } as unknown as FormatterSettings;
}

/** Finds formats that Python accepts and that fail with each record: `%(message)d`, a single `%` at the end. */
function failingFormats(component: PlannedWithoutWorkers): OptionIssue[] {
  const { path, options, type } = component;
  const key = formatKey(component);
  // Fields of the application's own may be of any kind, and a list of names is no format.
  if (key === undefined || (type as unknown) === PythonJsonFormatter) return [];
  if (fieldsOf(options).some((name) => !RESERVED_ATTRIBUTES.has(name))) return [];
  const { format, fmt, style, sanitize, defaults } = settingsOf(options);
  let formatter: Formatter;
  try {
    const validate = options.validate !== false;
    formatter = new Formatter({ format, fmt, style, sanitize, defaults, validate });
  } catch {
    // Reported with its options.
    return [];
  }
  try {
    formatter.format(makeLogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'paid' }));
    return [];
  } catch (error) {
    const { message } = error as Error;
    return [{ path: `${path}.${key}`, message: `each record would fail: ${message}` }];
  }
}

/** Django's `reporter_class`, which is a name like that of a class. */
function unknownReporters(
  { path, type, options }: PlannedWithoutWorkers,
  foreign: Set<string> | undefined,
): OptionIssue[] {
  const { reporter_class: given } = options;
  if ((type as unknown) !== AdminEmailHandler || typeof given !== 'string' || given === '') return [];
  try {
    findExceptionReporter(given);
    return [];
  } catch (error) {
    if (foreign !== undefined && isForeign(given)) {
      foreign.add(given);
      return [];
    }
    const message = (error as Error).message.replace(/^reporter_class: /, '');
    return [{ path: `${path}.reporter_class`, message }];
  }
}

/** A spool is one handler's: the second one would not be made. */
function sharedSpools(
  { name, path, options }: PlannedWithoutWorkers,
  spools: Map<string, string>,
): OptionIssue[] {
  const { handlers } = sectionOf(options.worker);
  const all: [name: string, path: string, options: unknown][] = [
    [name, path, options],
    ...Object.entries(sectionOf(handlers)).map(([own, entry]): [string, string, unknown] => [
      `${name}.${own}`,
      `${path}.worker.handlers.${own}`,
      entry,
    ]),
  ];
  return all.flatMap(([handler, place, entry]) => {
    const { directory } = sectionOf(sectionOf(entry).spool);
    if (typeof directory !== 'string') return [];
    const folder = resolve(directory);
    const other = spools.get(folder);
    if (other === undefined) spools.set(folder, handler);
    const message = `"${directory}" is the spool of "${other}"; give each handler a directory of its own`;
    return other === undefined ? [] : [{ path: `${place}.spool.directory`, message }];
  });
}

function sectionOf(value: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(value) ? value : {};
}
