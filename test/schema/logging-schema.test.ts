import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import * as django from '../config/fixtures/django-logging.js';
import * as frameworks from '../config/fixtures/python-frameworks.js';
import { builtinComponents } from '../support/builtin-components.js';
import { documentedConfigurations } from '../support/schema/documented-configurations.js';
import { schemaFile, schemaText } from '../support/schema/schema-file.js';

const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
const validate = new Ajv({ strict: true, strictTypes: true, allErrors: true }).compile(schema);

/** Where a configuration does not fit, without the places around. */
function issues(config: unknown): string[] {
  if (validate(config)) return [];
  const places = (validate.errors ?? []).map(({ instancePath, params }) =>
    [instancePath, params.additionalProperty ?? params.missingProperty]
      .filter(Boolean)
      .join('/')
      .replace(/^\//, ''),
  );
  const distinct = [...new Set(places)];
  return distinct.filter(
    (place) => !distinct.some((other) => other.startsWith(`${place}/`) || (place === '' && other !== '')),
  );
}

describe('schema/logging.schema.json', () => {
  it('is what the components say; if this fails, run npm run schema', () => {
    expect(readFileSync(schemaFile, 'utf8')).toBe(schemaText());
  });

  it('describes every built-in class and every option of it', () => {
    const names = (['handler', 'formatter', 'filter'] as const).flatMap((kind) =>
      [...builtinComponents(kind).values()].map(({ name }) => name),
    );
    expect(Object.keys(schema.definitions)).toEqual(expect.arrayContaining(names));
    for (const name of new Set(names)) {
      const { description, properties } = schema.definitions[name];
      expect([name, description]).toEqual([name, expect.stringMatching(/\w+.*\.$/)]);
      for (const [key, option] of Object.entries(properties as Record<string, object>)) {
        if (!['class', '()'].includes(key) && !('$ref' in option)) {
          expect([name, key, option]).toEqual([
            name,
            key,
            expect.objectContaining({ description: expect.any(String) }),
          ]);
        }
      }
    }
  });
});

describe('the schema accepts', () => {
  const { EXAMPLES, ...whole } = django;
  it.each(Object.entries({ ...whole, ...EXAMPLES, ...frameworks }))('%s', (_, config) => {
    expect(issues(config)).toEqual([]);
  });

  it.each(documentedConfigurations())('the configuration of %s', (_, config) => {
    expect(issues(config)).toEqual([]);
  });

  it.each([
    ['variables in place of numbers', { filename: '${LOG_DIR}/app.log', maxBytes: '${MAX_BYTES:-1000}' }],
    ['references', { filename: 'cfg://house.file', delay: 'ext://acme.delay' }],
    ['a level of your own', { filename: 'a.log', level: 'TRACE' }],
    ['a level in lower case', { filename: 'a.log', level: 'debug' }],
    ['a level in any case', { filename: 'a.log', level: 'Warning' }],
    ['no formatter, as Python writes it', { filename: 'a.log', formatter: null }],
  ])('%s', (_, options) => {
    const file = { class: 'logging.handlers.RotatingFileHandler', ...options };
    expect(issues({ version: 1, handlers: { file }, house: { file: 'a.log' } })).toEqual([]);
  });

  it("classes of one's own, with any options", () => {
    const audit = { '()': 'acme.logging.AuditHandler', level: 'ERROR', url: 'https://audit' };
    expect(issues({ version: 1, handlers: { audit } })).toEqual([]);
  });

  it('an incremental configuration, whose handlers have no class', () => {
    expect(issues({ version: 1, incremental: true, handlers: { file: { level: 'DEBUG' } } })).toEqual([]);
  });
});

describe('the schema refuses', () => {
  const handler = (text: string) => `version: 1\nhandlers:\n  file: { ${text} }`;
  const rotating = (text: string) => handler(`class: RotatingFileHandler, filename: a.log, ${text}`);
  it.each([
    ['a missing version', 'root: {}', ['version']],
    ['another version', 'version: 2', ['version']],
    ['a typo in a top-level key', 'version: 1\nhandler: {}', ['handler']],
    ['a typo in a key of a logger', 'version: 1\nloggers: { shop: { levle: INFO } }', ['loggers/shop/levle']],
    ['propagate on the root', 'version: 1\nroot: { propagate: true }', ['root/propagate']],
    ['an unknown level', 'version: 1\nroot: { level: inof }', ['root/level']],
    ['a text for a list', 'version: 1\nroot: { handlers: console }', ['root/handlers']],
    ['a handler without a class', handler('level: INFO'), ['handlers/file/class']],
    ["a class that Python's logging has not", handler('class: logging.FilHandler'), ['handlers/file/class']],
    ['a class without its module', handler('class: FilHandler'), ['handlers/file/class']],
    ['a missing option', handler('class: logging.FileHandler'), ['handlers/file/filename']],
    ['an option of another class', rotating('capacity: 3'), ['handlers/file/capacity']],
    ['a typo in an option', rotating('maxByte: 3'), ['handlers/file/maxByte']],
    ['a text for a number', rotating('maxBytes: 10MB'), ['handlers/file/maxBytes']],
    ['a number out of bounds', rotating('backupCount: -1'), ['handlers/file/backupCount']],
    ['a text for a boolean', rotating('delay: "yes"'), ['handlers/file/delay']],
    ['a style that is none', "version: 1\nformatters: { a: { style: '#' } }", ['formatters/a/style']],
    [
      'an option of another formatter',
      'version: 1\nformatters: { a: { class: JsonFormatter, style: "%" } }',
      ['formatters/a/style'],
    ],
    [
      "a worker's handler without a class",
      handler('class: QueueHandler, worker: { handlers: { a: {} } }'),
      ['handlers/file/worker/handlers/a/class'],
    ],
  ])('%s', (_, text, places) => {
    expect(issues(parse(text))).toEqual(places);
  });

  it('ten mistakes, each at its place', () => {
    const config = parse(readFileSync(new URL('fixtures/ten-mistakes.yaml', import.meta.url), 'utf8'));
    expect(issues(config)).toHaveLength(10);
  });
});
