import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { levelSchema } from '../../../lib/core/option-schemas.js';
import { anyOf, type Json, ref } from './json-schema.js';

/** What files hold where a program would hand over an object or a function; by what the schema's message expects. */
const CUSTOM: readonly [RegExp, Json][] = [
  [/^expected a handler, or the name/, ref('handlerName')],
  [/^expected a (function|stream|formatter|filter)\b/, ref('reference')],
  [/^expected the module/, ref('reference')],
  [/^expected a regular expression/, { type: 'string' }],
  [/^expected a time of day/, { type: 'string', pattern: '^\\d{1,2}:\\d{2}(:\\d{2})?$' }],
  [/^expected \[user, password\]/, { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 }],
  [
    /^expected an address or a list/,
    anyOf([{ type: 'string' }, { type: 'array', items: { type: 'string' } }]),
  ],
  [/^expected a (file name|string)/, { type: 'string' }],
  // In a file there are no objects: a name is that of a provider.
  [/the injection token of one$/, { type: 'string' }],
  [/^expected an object of headers/, { type: 'object', additionalProperties: { type: 'string' } }],
];

/** The options of a component as JSON Schema, by key, and which of them must be given. */
export function optionSchemas(schema: v.GenericSchema): {
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
} {
  const { properties = {}, required = [] } = toJsonSchema(schema, {
    target: 'draft-07',
    typeMode: 'input',
    errorMode: 'ignore',
    overrideSchema: ({ valibotSchema }) => override(valibotSchema as unknown as AnySchema) as never,
  }) as Json;
  const { entries = {} } = schema as { entries?: Readonly<Record<string, v.GenericSchema>> };
  // Where an option is transformed, the conversion ends before its description.
  const described = Object.entries(properties).map(([key, option]) => {
    const description = descriptionOf(entries[key]);
    return [key, tidy(description === undefined ? option : { description, ...option })] as const;
  });
  return { properties: Object.fromEntries(described), required };
}

function descriptionOf(schema: v.GenericSchema | undefined): string | undefined {
  if (schema === undefined) return undefined;
  const { wrapped } = schema as { wrapped?: v.GenericSchema };
  return v.getDescription(schema as never) ?? descriptionOf(wrapped);
}

interface AnySchema {
  readonly type: string;
  readonly message?: unknown;
}

function override(schema: AnySchema): Json | undefined {
  if ((schema as unknown) === levelSchema()) return ref('level');
  if (schema.type === 'instance') return ref('reference');
  if (schema.type !== 'custom') return undefined;
  const message =
    typeof schema.message === 'function' ? schema.message({ input: undefined }) : schema.message;
  // Without a message of its own it is one choice of a union: an object or a function.
  if (message === undefined) return ref('reference');
  const [, json] = CUSTOM.find(([pattern]) => pattern.test(String(message))) ?? [];
  if (json === undefined) throw new Error(`no JSON Schema for what is "${message}"; add it to CUSTOM`);
  return json;
}

/** An option: what it says of itself outside, and inside what it may be, references and variables included. */
function tidy(option: Json): Json {
  const { description, default: standard, ...value } = hoist(option);
  return {
    ...(description === undefined ? {} : { description }),
    ...(standard === undefined || isEmpty(standard) ? {} : { default: standard }),
    ...orReference(value),
  };
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Brings out a description that stands in one of several choices. */
function hoist(option: Json): Json {
  const inner = option.anyOf?.find((choice) => choice.description !== undefined)?.description;
  const description = option.description ?? inner;
  const choices = option.anyOf?.map(({ description: _, ...choice }) => choice);
  return {
    ...option,
    ...(description === undefined ? {} : { description }),
    ...(choices === undefined ? {} : { anyOf: choices }),
  };
}

/** Any value may be `${NAME}`, `ext://…` or `cfg://…` in place of what it is to be. */
function orReference(value: Json): Json {
  const cleaned = clean(value);
  if (Object.keys(cleaned).length === 0) return {};
  const takesAnyText = (cleaned.anyOf ?? [cleaned]).some(
    (choice) => choice.type === 'string' && choice.pattern === undefined && choice.enum === undefined,
  );
  return takesAnyText ? cleaned : anyOf([cleaned, ref('reference')]);
}

/** Without what says nothing, and with what it holds made ready as an option is. */
function clean(value: Json): Json {
  const {
    propertyNames,
    required,
    type,
    properties,
    items,
    additionalItems: _,
    anyOf: choices,
    ...rest
  } = value;
  const cleaned: Json = {
    // The values say of which types they are.
    ...(type === undefined || rest.enum !== undefined ? {} : { type }),
    ...rest,
    ...(propertyNames === undefined || propertyNames.type === 'string' ? {} : { propertyNames }),
    ...(properties === undefined ? {} : { properties: mapValues(properties, tidy) }),
    ...(required === undefined || required.length === 0 ? {} : { required }),
    ...(items === undefined ? {} : cleanItems(items)),
  };
  return choices === undefined ? cleaned : { ...cleaned, ...anyOf(choices.map(clean)) };
}

function cleanItems(items: Json | readonly Json[]): Json {
  if (!Array.isArray(items)) return { items: orReference(items as Json) };
  return { items: items.map(orReference), minItems: items.length, maxItems: items.length };
}

function mapValues<T, U>(object: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
