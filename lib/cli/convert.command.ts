import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { configError, LoggingConfigError, planConfig } from '../config/plan/config-plan.js';
import type { LoggingConfig } from '../config/plan/logging-config.js';
import { type ConfigIssue, ConfigOrigin, setOrigin } from '../config/read/config-origin.js';
import { parseConfigText } from '../config/read/config-text.js';
import { parseIniConfig } from '../config/read/ini-config.js';
import { LoggingError } from '../core/errors.js';
import { loadOptionalPeer, notLoaded } from '../core/optional-peer.js';
import { isPlainObject } from '../runtime/plain-object.js';
import { standIns } from './foreign-names.js';
import { issueText } from './issue-text.js';
import { painterFor, type Terminal, writeJson } from './terminal.js';

/** Options of `convert`. */
export interface ConvertSettings {
  readonly json?: boolean;
}

interface Source {
  readonly value: unknown;
  readonly issues: readonly ConfigIssue[];
  readonly origin: ConfigOrigin;
}

/**
 * Prints a Python configuration as YAML: a `logging.conf`, or a dictionary printed as JSON, such as Django's
 * settings or their `LOGGING`.
 *
 * What could not be applied is converted as it is, and reported on standard error.
 */
export async function convert(file: string, settings: ConvertSettings, terminal: Terminal): Promise<number> {
  const { value, issues, origin } = await read(file, terminal);
  if (issues.length > 0) throw configError(issues);
  const key = keyOfDictionary(value);
  if (key === undefined) {
    throw new LoggingError(
      'ERR_LOGGING_ARGUMENT',
      `${file}: no logging configuration in it: no object with version: 1`,
    );
  }
  const config = (key === '' ? value : (value as Record<string, unknown>)[key]) as LoggingConfig;
  reportIssues(config, below(key, origin), terminal);
  const escaped = escapeVariables(config) as object;
  if (settings.json) writeJson(terminal, escaped);
  else terminal.stdout.write(await toYaml(escaped));
  return 0;
}

async function read(file: string, terminal: Terminal): Promise<Source> {
  const text = file === '-' ? await readAll(terminal.stdin) : await readText(file);
  const name = file === '-' ? '<stdin>' : file;
  const isIni =
    ['.conf', '.ini', '.cfg'].includes(extname(file).toLowerCase()) || /^\s*[[#;]\s*\w+\s*\]/m.test(text);
  const isJson = /^\s*\{/.test(text);
  if (isIni && !isJson) {
    const { value, issues, places } = parseIniConfig(text, { file: name });
    return { value: withoutEmpty(value), issues, origin: new ConfigOrigin(new Map(), places) };
  }
  const { value, issues, places } = await parseConfigText(text, name, isJson ? 'json' : 'yaml');
  return { value, issues, origin: new ConfigOrigin(new Map(), places) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new LoggingError('ERR_LOGGING_FILE', `cannot read ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}

/** `''` for the dictionary itself, or the key of `LOGGING` among other settings. */
function keyOfDictionary(value: unknown): string | undefined {
  if (!isPlainObject(value)) return undefined;
  if (isConfiguration(value)) return '';
  return ['LOGGING', 'LOGGING_CONFIG', 'log_config'].find((key) => isConfiguration(value[key]));
}

/** The places of what is below a key, by the paths from there. */
function below(key: string, origin: ConfigOrigin): ConfigOrigin {
  const prefix = key === '' ? '' : `${key}.`;
  const places = [...origin.places].filter(([path]) => path.startsWith(prefix));
  return new ConfigOrigin(
    new Map(),
    new Map(places.map(([path, place]) => [path.slice(prefix.length), place])),
  );
}

function isConfiguration(value: unknown): boolean {
  return isPlainObject(value) && value.version === 1;
}

/** An INI file has every section, if only empty. */
function withoutEmpty(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) => !(isPlainObject(value) && Object.keys(value).length === 0)),
  );
}

/** Whether a handler takes its recipients from settings that are not in the dictionary. */
function isMailToAdmins(handler: unknown): boolean {
  if (!isPlainObject(handler)) return false;
  const { class: name = handler['()'], admins } = handler;
  return typeof name === 'string' && /(?:^|\.)AdminEmailHandler$/.test(name) && admins === undefined;
}

function reportIssues(config: LoggingConfig, origin: ConfigOrigin, terminal: Terminal): void {
  const unknown = new Set<string>();
  const paint = painterFor('stderr', terminal);
  const report = (text: string) => terminal.stderr.write(`${paint('note', 'yellow')}: ${text}\n`);
  try {
    planConfig(setOrigin({ ...config }, origin), { resolve: standIns(unknown) });
  } catch (error) {
    if (!(error instanceof LoggingConfigError)) throw error;
    for (const issue of error.issues) report(issueText(issue, paint));
  }
  for (const name of unknown) report(`${name} is your own class; register it with registerComponent()`);
  for (const [name, handler] of Object.entries(config.handlers ?? {})) {
    if (!isMailToAdmins(handler)) continue;
    report(
      `handlers.${name}: mails to nobody yet: its recipients are ADMINS of Django's settings, which LOGGING does not ` +
        'have; give it admins, mailhost and fromaddr, or call setDjangoSettings({ ADMINS, EMAIL_HOST, SERVER_EMAIL }) first',
    );
  }
}

/** In files `${` begins a variable, but in formats of the `$` style; a plain one is written `$${`. */
function escapeVariables(value: unknown, isDollarFormat = false): unknown {
  if (typeof value === 'string') return isDollarFormat ? value : value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map((item) => escapeVariables(item));
  if (!isPlainObject(value)) return value;
  const isDollar = value.style === '$';
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      escapeVariables(item, isDollar && (key === 'format' || key === 'fmt')),
    ]),
  );
}

interface YamlWriter {
  stringify(value: unknown, options: object): string;
}

/** The comment by which editors find the schema. */
const SCHEMA_COMMENT =
  '# yaml-language-server: $schema=node_modules/nestjs-logging/schema/logging.schema.json';

/**
 * A configuration as YAML that every reader understands the same, Python's included.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` without the package `yaml`.
 */
async function toYaml(config: unknown): Promise<string> {
  const yaml = await loadOptionalPeer<YamlWriter>({
    name: 'yaml',
    neededBy: 'YAML',
    load: async () => {
      try {
        return await import('yaml');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['stringify'],
  });
  const options = { compat: 'yaml-1.1', lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false };
  return `${SCHEMA_COMMENT}\n${yaml.stringify(config, options)}`;
}
