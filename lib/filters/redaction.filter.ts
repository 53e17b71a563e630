import * as v from 'valibot';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { brand } from '../internal/brand.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { CENSOR, type RedactTextOptions, redactText } from '../internal/redact-text.js';
import { isAlwaysSecret, secretKeys } from '../internal/secret-keys.js';
import { redactRecord } from './support/redact-record.js';

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
          'Further names whose values are secret, in any case and with any separators; `*` stands for anything.',
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
    censor: v.optional(v.pipe(v.string(), v.description('What stands in place of a secret.')), CENSOR),
    patterns: v.optional(
      v.pipe(
        v.array(patternSchema()),
        v.description('Regular expressions, or their sources; what they match in any text is replaced.'),
      ),
      [],
    ),
  }),
);

/** Options of {@link RedactionFilter}. */
export type RedactionFilterOptions = v.InferInput<ReturnType<typeof redactionFilterSchema>>;

/**
 * Takes secrets out of records: lets all of them pass, those that hold a secret as a copy without it.
 *
 * A secret is what stands under a secret name (authorization, cookie, password, anything with token, secret, session,
 * credential or the like in it, in any case and with any separators) at any depth of arguments, `extra` and context
 * fields, of errors with their causes and members, in Maps, header lists and JSON texts; and in any text what can be
 * told by its form: `name=value` and `"name": "value"`, Bearer and Basic credentials, JWTs, user and password in URLs,
 * private keys, the keys of the usual cloud services. The message is searched with its arguments merged in.
 *
 * What the caller handed over is not changed. Bounded: texts are cut after 64 Ki characters, values after 12 levels or
 * 10,000 entries a record. On a handler it comes before every formatter; put it on each handler, or on the logger.
 *
 * It finds secrets by names and forms: a password that stands alone in a sentence looks like any other word.
 *
 * @example
 * { filters: { secrets: { class: 'RedactionFilter', keys: ['iban', 'card*'] } }, handlers: { console: { filters: ['secrets'], … } } }
 */
export class RedactionFilter {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof redactionFilterSchema>;
  static {
    lazyProperty(RedactionFilter, 'optionsSchema', redactionFilterSchema);
  }

  readonly #options: RedactTextOptions;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: RedactionFilterOptions = {}) {
    const o = checkOptions(
      'RedactionFilter',
      redactionFilterSchema(),
      options,
      new.target === RedactionFilter,
    );
    this.#options = { censor: o.censor, keys: secretKeys(o), patterns: o.patterns.map(global) };
  }

  /** The record itself if there is no secret in it, else a copy. */
  filter(record: LogRecord): LogRecord {
    return redactRecord(record, this.#options);
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

/** A copy of its own, which finds every match. */
function global(pattern: string | RegExp): RegExp {
  if (typeof pattern === 'string') return new RegExp(pattern, 'g');
  return new RegExp(pattern.source, `${pattern.flags.replaceAll(/[gy]/g, '')}g`);
}
