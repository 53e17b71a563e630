import type { RedactTextOptions } from '../../internal/redact-text.js';
import { endsWithSecretName } from '../../internal/secret-pairs.js';

/** A `%` conversion by position; `*` takes an argument of its own. */
const PLACEHOLDER = /%(?:%|[-+ #0]{0,5}(\*|\d{0,3})(?:\.(\*|\d{0,3}))?[hlL]?[a-zA-Z])/g;

/**
 * Replaces the arguments that the words before their placeholders tell to be secret: `'the password is %s'`.
 *
 * @returns The same arguments if there are none.
 */
export function redactNamedArguments(
  template: string,
  args: readonly unknown[],
  { keys, censor }: RedactTextOptions,
): readonly unknown[] {
  if (template.length > MAX_TEMPLATE) return args;
  let copy: unknown[] | undefined;
  let index = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    if (match[0] === '%%') continue;
    if (match[1] === '*') index += 1;
    if (match[2] === '*') index += 1;
    if (index >= args.length) break;
    const name = endsWithSecretName(template.slice(0, match.index), keys);
    const value = args[index];
    if (name !== undefined && isSecretValue(value, keys.isSecretNumber(name))) {
      copy ??= [...args];
      copy[index] = censor;
    }
    index += 1;
  }
  return copy ?? args;
}

/** Longer ones are not templates, but texts. */
const MAX_TEMPLATE = 4_096;

function isSecretValue(value: unknown, isSecretNumber: boolean): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') return isSecretNumber;
  // The credential comes after the name of its scheme.
  return typeof value === 'string' && value !== '' && !SCHEME.test(value);
}

const SCHEME = /^(?:bearer|basic|digest|negotiate|ntlm|token|dpop)$/i;
