import type * as v from 'valibot';
import type { ComponentKind } from '../../../lib/config/components/component-registry.js';
import { levelSchema } from '../../../lib/core/option-schemas.js';
import { spoolSchema } from '../../../lib/handlers/delivery/spool/spool-options.js';
import { httpLogSchema } from '../../../lib/nest/requests/http-log-options.js';
import { tuningSchema } from '../../../lib/nest/tuning/tuning-options.js';
import { builtinComponents } from '../builtin-components.js';
import { apiReference } from './api-reference.js';
import { differencesTable } from './python-differences.js';

/** What is read of a schema; valibot's own types have more than is needed here. */
interface Schema {
  readonly type: string;
  readonly expects?: string;
  readonly wrapped?: Schema;
  readonly default?: unknown;
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly options?: readonly unknown[];
  readonly item?: Schema;
  readonly literal?: unknown;
  readonly message?: unknown;
  readonly class?: { readonly name: string };
  readonly pipe?: readonly (Schema & { readonly description?: string; readonly requirement?: unknown })[];
}

const kinds = [
  ['handler', 'Handlers'],
  ['formatter', 'Formatters'],
  ['filter', 'Filters'],
] as const;

/** Options that every handler has are listed once, above the tables. */
const common = ['level', 'formatter', 'filters'];

/** Options that several components have word for word: they are listed once, and each of these components refers to them. */
const shared: Readonly<Record<'handler' | 'formatter' | 'filter', readonly SharedOptions[]>> = {
  handler: [
    {
      title: 'Options of buffered lines',
      keys: ['bufferSize', 'flushLevel', 'flushIntervalMs'],
    },
    {
      title: 'Options of files',
      keys: [
        'filename',
        'encoding',
        'errors',
        'delay',
        'makeDirs',
        'fileMode',
        'dirMode',
        'owner',
        'group',
        'followLinks',
      ],
    },
    {
      title: 'Options of batches',
      keys: ['batchSize', 'maxBatchBytes', 'flushIntervalMs', 'maxRecordBytes', 'timeoutMs', 'maxRetries'],
    },
    { title: 'Options of queues', keys: ['maxBytes', 'maxRecords', 'overflow'] },
    { title: 'The option spool', keys: ['spool'] },
  ],
  formatter: [
    {
      title: 'Options of text',
      keys: ['format', 'fmt', 'datefmt', 'style', 'validate', 'defaults', 'utc', 'timeZone', 'sanitize'],
    },
  ],
  filter: [],
};

interface SharedOptions {
  readonly title: string;
  readonly keys: readonly string[];
}

/** The reference of all built-in components, as Markdown: one heading and one table each. */
export function componentReference(): string {
  return kinds.map(([kind, title]) => `## ${title}\n\n${sections(kind)}`).join('\n');
}

function sections(kind: ComponentKind): string {
  const names = new Map<object, string[]>();
  for (const [name, type] of builtinComponents(kind)) names.set(type, [...(names.get(type) ?? []), name]);
  const groups = shared[kind].map(({ title, keys }) => ({
    title,
    rows: commonRows([...names.keys()], keys),
  }));
  const first = groups.map(({ title, rows }) => `### ${title}\n\n${tableOf(rows)}`);
  return [...first, ...[...names].map(([type, own]) => section(kind, type, own, groups))].join('\n');
}

/** The rows that most of the components have which have all of these keys. */
function commonRows(types: readonly object[], keys: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const type of types) {
    const rows = rowsOf(type);
    if (!keys.every((key) => rows.has(key))) continue;
    const text = keys.map((key) => rows.get(key)).join('');
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const [[most, count] = ['', 0]] = [...counts].sort(([, a], [, b]) => b - a);
  if (count < 3) throw new Error(`${keys.join(', ')}: no three components have these options in common`);
  return most
    .trimEnd()
    .split('\n')
    .map((line) => `${line}\n`);
}

function section(
  kind: ComponentKind,
  type: object,
  names: readonly string[],
  groups: readonly { readonly title: string; readonly rows: readonly string[] }[],
): string {
  const [name = '', ...aliases] = names;
  const also = aliases.length === 0 ? '' : `In a configuration also ${aliases.map(code).join(', ')}.\n\n`;
  const rows = [...rowsOf(type)].filter(([key]) => kind !== 'handler' || !common.includes(key));
  const texts = rows.map(([, text]) => text);
  const had = groups.filter((group) => group.rows.every((text) => texts.includes(text)));
  const own = texts.filter((text) => !had.some((group) => group.rows.includes(text)));
  const links = had.map(
    ({ title }) => `[${title.toLowerCase()}](#${title.toLowerCase().replaceAll(' ', '-')})`,
  );
  const more = had.length === 0 ? '' : `Has the ${links.join(', ').replaceAll('[the option', '[option')}.\n`;
  const table = own.length === 0 && had.length > 0 ? '' : tableOf(own);
  return `### ${name}\n\n${also}${[table, more].filter(Boolean).join('\n')}`;
}

/** The rows of a component by key. */
function rowsOf(type: object): Map<string, string> {
  const { optionsSchema } = type as { optionsSchema?: v.GenericSchema };
  const entries = objectOf(optionsSchema as unknown as Schema | undefined)?.entries ?? {};
  return new Map(Object.entries(entries).map(([key, entry]) => [key, row(key, entry)]));
}

function table(schema: Schema | undefined): string {
  return tableOf(Object.entries(objectOf(schema)?.entries ?? {}).map(([key, entry]) => row(key, entry)));
}

function tableOf(rows: readonly string[]): string {
  if (rows.length === 0) return 'No options of its own.\n';
  return `| key | value | default | |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

function row(key: string, schema: Schema): string {
  const required = !['optional', 'nullish', 'nullable', 'exact_optional', 'undefinedable'].includes(
    schema.type,
  );
  const standard = required
    ? '*required*'
    : schema.default === undefined || schema.default === null
      ? ''
      : code(literal(schema.default));
  const cells = [code(key), typeOf(schema), standard, description(schema) ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

/** The object schema itself, without what is piped behind it. */
function objectOf(schema: Schema | undefined): Schema | undefined {
  return schema?.entries === undefined ? schema?.pipe?.find(({ entries }) => entries !== undefined) : schema;
}

function description(schema: Schema): string | undefined {
  const own = schema.pipe?.find(
    (step) => step.type === 'description' || step.description !== undefined,
  )?.description;
  return own ?? (schema.wrapped === undefined ? undefined : description(schema.wrapped));
}

const plainTypes: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  bigint: 'number',
  function: 'function',
  record: 'object',
  unknown: 'anything',
  any: 'anything',
  object: 'object',
  strict_object: 'object',
  loose_object: 'object',
  tuple: 'list',
  strict_tuple: 'list',
  null: '`null`',
};

function typeOf(schema: Schema): string {
  if (schema.wrapped !== undefined) return typeOf(schema.wrapped);
  if (schema.type === 'picklist')
    return (schema.options ?? []).map((option) => code(literal(option))).join(', ');
  if (schema.type === 'literal') return code(literal(schema.literal));
  if (schema.type === 'union')
    return [...new Set((schema.options ?? []).map((option) => typeOf(option as Schema)))].join(' or ');
  if (schema.type === 'array') return schema.item === undefined ? 'list' : `list of ${typeOf(schema.item)}`;
  if (schema.type === 'number' && schema.pipe?.some(({ type }) => type === 'integer')) return 'integer';
  if (schema.type === 'instance') return code(schema.class?.name ?? 'object');
  if (schema.type === 'custom') return customType(schema);
  return plainTypes[schema.type] ?? schema.type;
}

/** What a schema of ours expects: its message says 'expected a function', 'expected a stream: an object with …'. */
function customType(schema: Schema): string {
  if (((schema.pipe?.[0] ?? schema) as unknown) === levelSchema()) return 'level';
  return /^expected an? ([\w ]*\w)/.exec(String(schema.message))?.[1] ?? 'object';
}

function literal(value: unknown): string {
  if (typeof value === 'number' && value >= 10_000) return value.toLocaleString('en').replaceAll(',', '_');
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function code(text: string): string {
  return `\`${text}\``;
}

/** What is generated, by the name that a page gives it. */
const parts: Readonly<Record<string, () => string>> = {
  'the built-in components': componentReference,
  'every exported name': apiReference,
  'the differences in doc comments': differencesTable,
  'the options of a spool': () => table(spoolSchema() as unknown as Schema),
  'the options of the request log': () => table(httpLogSchema as unknown as Schema),
  'the options of the tuning': () => table(tuningSchema as unknown as Schema),
};

/** Whether a page has a generated part. */
export function hasReference(text: string): boolean {
  return text.includes('<!-- npm run docs writes ');
}

/** The page with its generated parts as they should be. */
export function withReference(text: string): string {
  return text.replaceAll(
    /(<!-- npm run docs writes (.+) -->\n)[\s\S]*?(<!-- end of (?:.+) -->\n)/g,
    (_, begin: string, name: string, end: string) => {
      const part = parts[name];
      if (part === undefined) throw new Error(`nothing is generated under the name "${name}"`);
      return `${begin}\n${part()}\n${end}`;
    },
  );
}
