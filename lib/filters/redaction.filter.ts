import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import { LEAN } from '../core/lean.js';
import { fieldPathSchema } from '../core/option-schemas.js';
import { checkOptions } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import { rememberPassed } from '../python/passed-texts.js';
import { PathRedaction } from '../redaction/path-redaction.js';
import { CENSOR, type RedactTextOptions, redactText } from '../redaction/redact-text.js';
import { isAlwaysSecret, secretKeys } from '../redaction/secret-keys.js';
import { areHarmlessFrames } from '../redaction/stack-frames.js';
import { needsSearch } from '../redaction/suspect-text.js';
import { brand } from '../runtime/brand.js';
import { lazy } from '../runtime/lazy.js';
import { redactRecord } from './support/redact-record.js';

/** Places where errors are thrown that are remembered, and characters of their stacks. */
const FRAMES = { texts: 128, length: 4_096 } as const;

const nameSchema = lazy(() => v.pipe(v.string(), v.nonEmpty('expected a name')));

const patternSchema = lazy(() =>
  v.custom<string | RegExp>(
    (value) => value instanceof RegExp || (typeof value === 'string' && isPattern(value)),
    'expected a regular expression, or the source of one',
  ),
);

/** The keys of a {@link RedactionFilter} in a configuration. */
export const redactionFilterSchema = lazy(() =>
  v.strictObject({
    keys: v.optional(
      v.pipe(
        v.array(nameSchema()),
        v.description(
          'More names whose values are secret, in any case and with any separators; `*` matches anything.',
        ),
      ),
      [],
    ),
    allow: v.optional(
      v.pipe(
        v.array(
          v.pipe(
            nameSchema(),
            v.check(
              (name) => !isAlwaysSecret(name),
              'this name is always secret; only longer ones can be allowed',
            ),
          ),
        ),
        v.description('Names to leave alone although a word like "token" is in them: `tokenType`.'),
      ),
      [],
    ),
    paths: v.optional(
      v.pipe(
        v.array(fieldPathSchema()),
        v.description(
          "Paths to context and extra fields that are secret whatever their names, in pino's language: `['user.iban', 'items[*].pin']`.",
        ),
      ),
      [],
    ),
    censor: v.optional(v.pipe(v.string(), v.description('What replaces a secret.')), CENSOR),
    patterns: v.optional(
      v.pipe(
        v.array(patternSchema()),
        v.description('Regular expressions, or their sources; what they match in any string is replaced.'),
      ),
      [],
    ),
  }),
);

/** Options of {@link RedactionFilter}. */
export type RedactionFilterOptions = v.InferInput<ReturnType<typeof redactionFilterSchema>>;

/**
 * Removes secrets from records. All records pass; one that holds a secret passes as a copy without it.
 *
 * A secret is the value of a secret name (authorization, cookie, password, anything with token, secret, session,
 * credential or the like in it, in any case and with any separators) at any depth of arguments, `extra` and context
 * fields, of errors with their causes and members, in Maps, header lists and JSON strings; and in any string what can
 * be recognised by its pattern: `name=value` and `"name": "value"`, Bearer and Basic credentials, JWTs, user and
 * password in URLs, private keys, the keys of the usual cloud services. The message is searched with its arguments
 * merged in.
 *
 * What the caller handed over is not changed. Bounded: strings are cut after 64 Ki characters, values after 12 levels
 * or 10,000 entries per record. On a handler it runs before the formatter; put it on each handler, or on the logger.
 *
 * It finds secrets by names and patterns: a password on its own in a sentence looks like any other word.
 *
 * @example
 * { filters: { secrets: { class: 'RedactionFilter', keys: ['iban', 'card*'] } }, handlers: { console: { filters: ['secrets'], … } } }
 */
export class RedactionFilter {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof redactionFilterSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(RedactionFilter, {
    name: 'RedactionFilter',
    pythonNames: [
      'airflow.utils.log.secrets_masker.SecretsMasker',
      'airflow.sdk.execution_time.secrets_masker.SecretsMasker',
    ],
    schema: redactionFilterSchema,
  });

  readonly #options: RedactTextOptions;
  readonly #paths: PathRedaction | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: RedactionFilterOptions = {}) {
    const o = checkOptions(
      'RedactionFilter',
      redactionFilterSchema(),
      options,
      new.target === RedactionFilter,
    );
    const what = { censor: o.censor, keys: secretKeys(o), patterns: o.patterns.map(global) };
    this.#options = {
      ...what,
      hasPassed: rememberPassed((text) => !needsSearch(text)),
      areHarmless: rememberPassed((frames) => areHarmlessFrames(frames, what), FRAMES),
    };
    const { paths, censor } = o;
    this.#paths = paths.length === 0 ? undefined : new PathRedaction({ paths, censor, remove: false });
  }

  /** The record itself if there is no secret in it, else a copy. */
  filter(record: LogRecord): LogRecord {
    return redactRecord(record, this.#options, this.#paths);
  }

  /** A text without the secrets in it, for what does not go through logging. */
  redact(text: string): string {
    return redactText(text, this.#options);
  }
}
brand(RedactionFilter.prototype, 'filter');

function isPattern(source: string): boolean {
  try {
    return source !== '' && new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/** A private copy that finds every match. */
function global(pattern: string | RegExp): RegExp {
  if (typeof pattern === 'string') return new RegExp(pattern, 'g');
  return new RegExp(pattern.source, `${pattern.flags.replaceAll(/[gy]/g, '')}g`);
}
