import type * as v from 'valibot';
import type { ComponentKind } from '../../../lib/config/components/component-registry.js';
import { builtinComponents } from '../builtin-components.js';
import { classSummaries } from './class-summaries.js';
import { type Json, ref, when } from './json-schema.js';
import { optionSchemas } from './option-schema.js';
import { shareOptions } from './shared-options.js';

const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL', 'NOTSET', 'WARN', 'FATAL'];
/** JSON Schema has no flag for it. */
const ANY_CASE = `^(${[...LEVELS, 'VERBOSE'].map((name) => name.replaceAll(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`)).join('|')})$`;

/** Starts of names that are ours to give: what is not known there is a mistake. */
const OWN_NAMES = '^(logging|django\\.utils\\.log|pythonjsonlogger)\\.';

const TOP_LEVEL: Readonly<Record<string, Json>> = {
  $schema: { type: 'string', description: 'This schema, for editors.' },
  version: { const: 1, description: 'The version of the schema: 1.' },
  formatters: section('formatter', 'What turns records into text, by names of your choice.'),
  filters: section('filter', 'What lets records pass or not, by names of your choice.'),
  handlers: section('handler', 'What brings records somewhere, by names of your choice.'),
  loggers: {
    type: 'object',
    additionalProperties: ref('logger'),
    description: 'The loggers, by name. An entry with the name of a group sets the level of its members.',
  },
  root: { anyOf: [ref('root'), { type: 'null' }], description: 'The root logger.' },
  groups: {
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
    description: 'Names for several loggers whose level is set together.',
  },
  incremental: {
    ...boolean('Whether only levels and `propagate` of what exists are changed.'),
    default: false,
  },
  disable_existing_loggers: {
    ...boolean('Whether loggers that exist already and are not named here are switched off.'),
    default: true,
  },
};

/** The JSON Schema of configuration files, from the schemas of the components. */
export function loggingSchema(): Json {
  const summaries = classSummaries();
  const components = (['formatter', 'filter', 'handler'] as const).flatMap((kind) => [
    ...componentDefinitions(kind, summaries),
    [`${kind}Class`, classNames(kind, summaries)] as const,
    [kind, entrySchema(kind)] as const,
  ]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Logging configuration',
    description: "Python's logging configuration dictionary, as nestjs-logging reads it.",
    type: 'object',
    required: ['version'],
    properties: TOP_LEVEL,
    // What is there already is changed without naming its class.
    ...when(
      { not: { properties: { incremental: { const: true } }, required: ['incremental'] } },
      { properties: { handlers: { type: 'object', additionalProperties: ref('hasClass') } } },
    ),
    patternProperties: { [mistakenKeys()]: false },
    definitions: { ...common(), ...shareOptions(Object.fromEntries(components)) },
  };
}

/** Top-level keys that are one typo away from a known one; all others may hold what a `cfg://` reads. */
function mistakenKeys(): string {
  const known = Object.keys(TOP_LEVEL).filter((key) => key !== '$schema');
  return `^(?!(${known.join('|')})$)(${known.flatMap(typos).join('|')})$`;
}

/** A letter missing, wrong, too many, or changed places with the next. */
function typos(word: string): string[] {
  return [...word].flatMap((letter, at) => {
    const [before, after] = [word.slice(0, at), word.slice(at + 1)];
    const next = after === '' ? [] : [`${before}${after[0]}${letter}${after.slice(1)}`];
    return [`${before}.?${after}`, `${before}${letter}.${after}`, ...next];
  });
}

function common(): Record<string, Json> {
  return {
    handlerLevel: { ...described(ref('level'), 'Records below it are left out.'), default: 'NOTSET' },
    handlerFormatter: {
      description: 'The name of an entry of `formatters`; without one the bare message is written.',
      anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }],
    },
    hasClass: {
      type: 'object',
      ...when({ not: has('()') }, has('class')),
    },
    filters: names('filters'),
    properties: { type: 'object', description: 'Properties to set on what was made.' },
    reference: {
      type: 'string',
      pattern: '^(ext|cfg)://.|\\$\\{',
      description: 'What stands elsewhere: ext://NAME, cfg://PATH, or an environment variable, ${NAME}.',
    },
    level: {
      description: 'A level: its name, or an integer.',
      anyOf: [
        { enum: LEVELS },
        { type: 'integer' },
        { type: 'string', pattern: ANY_CASE, description: 'The same in any other case.' },
        { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$', description: 'A level of your own.' },
        ref('reference'),
      ],
    },
    handlerName: { type: 'string', minLength: 1, description: 'The name of an entry of `handlers`.' },
    logger: loggerSchema({
      propagate: { ...boolean('Whether records go on to the loggers above.'), default: true },
    }),
    root: loggerSchema({}),
  };
}

function loggerSchema(more: Readonly<Record<string, Json>>): Json {
  return {
    type: 'object',
    properties: {
      level: {
        ...described(ref('level'), "Records below it are left out; without one the parent's level counts."),
      },
      handlers: names('handlers'),
      filters: ref('filters'),
      qualname: { type: 'string', description: "Passed over by Python; if it is there, the logger's name." },
      ...more,
    },
    additionalProperties: false,
  };
}

/** One definition for each class. */
function componentDefinitions(
  kind: ComponentKind,
  summaries: ReadonlyMap<string, string>,
): (readonly [string, Json])[] {
  return [...namesByClass(kind)].map(([type]) => {
    const { optionsSchema } = type as { optionsSchema?: v.GenericSchema };
    const { properties, required } =
      optionsSchema === undefined ? { properties: {}, required: [] } : optionSchemas(optionsSchema);
    const definition: Json = {
      description: summaries.get(type.name) ?? '',
      type: 'object',
      properties: { ...entryKeys(kind), ...without(worker(properties), Object.keys(handlerKeys)) },
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    };
    return [type.name, definition];
  });
}

/** A queue's worker has sections of its own. */
function worker(properties: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  if (properties.worker === undefined) return properties;
  const { description } = properties.worker;
  const sections = Object.fromEntries(
    (['handlers', 'formatters', 'filters'] as const).map((key) => [key, TOP_LEVEL[key] as Json]),
  );
  const handlers = {
    allOf: [sections.handlers as Json, { type: 'object', additionalProperties: ref('hasClass') }],
  };
  return {
    ...properties,
    worker: {
      ...(description === undefined ? {} : { description }),
      anyOf: [
        {
          type: 'object',
          properties: { ...sections, handlers },
          required: ['handlers'],
          additionalProperties: false,
        },
        ref('reference'),
      ],
    },
  };
}

/** What `class` and `()` may be. */
function classNames(kind: ComponentKind, summaries: ReadonlyMap<string, string>): Json {
  const known = [...namesByClass(kind)].flatMap(([type, names]) =>
    names.map((name): Json => ({ const: name, description: summaries.get(type.name) ?? '' })),
  );
  const own: Json = {
    type: 'string',
    pattern: '[.:]|^[A-Z0-9_]+$',
    not: { type: 'string', pattern: OWN_NAMES },
    description: 'A class of your own, by the name it is registered under.',
  };
  return {
    description: `The class of the ${kind}; \`()\` is the name Python has for factories, and means the same here.`,
    anyOf: [...known, own],
  };
}

/** An entry of any class; which one decides what else it may hold. */
function entrySchema(kind: ComponentKind): Json {
  const classes = [...namesByClass(kind)];
  const choices = classes.map(([type, names]) => when(isOneOf(names), ref(type.name)));
  const fallback = when(
    { not: { anyOf: [has('class'), has('()')] } },
    ref(kind === 'formatter' ? 'Formatter' : 'Filter'),
  );
  return {
    type: 'object',
    properties: { ...entryKeys(kind), class: ref(`${kind}Class`), '()': ref(`${kind}Class`) },
    allOf: kind === 'handler' ? choices : [...choices, fallback],
  };
}

function isOneOf(names: readonly string[]): Json {
  return {
    anyOf: ['class', '()'].map((key) => ({
      properties: { [key]: { enum: names } },
      required: [key],
    })),
  };
}

const handlerKeys: Readonly<Record<string, Json>> = {
  level: ref('handlerLevel'),
  formatter: ref('handlerFormatter'),
  filters: ref('filters'),
};

/** The keys of an entry that are not options of its class. */
function entryKeys(kind: ComponentKind): Readonly<Record<string, Json>> {
  return {
    class: {},
    '()': {},
    ...(kind === 'handler' ? handlerKeys : {}),
    '.': ref('properties'),
  };
}

function namesByClass(kind: ComponentKind): Map<{ name: string }, string[]> {
  const names = new Map<{ name: string }, string[]>();
  for (const [name, type] of builtinComponents(kind)) names.set(type, [...(names.get(type) ?? []), name]);
  return names;
}

function section(kind: ComponentKind, description: string): Json {
  return { type: 'object', additionalProperties: ref(kind), description };
}

function has(key: string): Json {
  return { type: 'object', properties: { [key]: {} }, required: [key] };
}

function names(key: 'handlers' | 'filters'): Json {
  return {
    description: `Names of entries of \`${key}\`.`,
    anyOf: [{ type: 'array', items: { type: 'string', minLength: 1 } }, ref('reference')],
  };
}

function boolean(description: string): Json {
  return { description, anyOf: [{ type: 'boolean' }, ref('reference')] };
}

/** In draft 7 nothing counts that stands beside a `$ref`. */
function described(schema: Json, description: string): Json {
  return { description, allOf: [schema] };
}

function without<T>(object: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
