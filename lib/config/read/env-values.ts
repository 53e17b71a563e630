import { defineField } from '../../runtime/define-field.js';
import { isPlainObject } from '../../runtime/plain-object.js';

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What replacing variables needs to know of the values it goes through. */
export interface EnvValueOptions {
  readonly env: Environment;
  /** Paths of texts that stay texts when a variable makes up all of them. */
  readonly quoted: ReadonlySet<string>;
  /** Called for each variable that cannot be replaced. */
  readonly issue: (path: string, message: string) => void;
}

/**
 * A copy of a configuration's values with `${NAME}` and `${NAME:-default}` replaced by environment variables.
 *
 * The default replaces a variable that is missing or empty; it may contain variables itself. `$${` is a plain `${`.
 * Where a variable makes up the whole of an unquoted text, numbers, `true` and `false` become such. Formats in the
 * `$` style are left as they are: there `${message}` is a field of the record.
 */
export function replaceVariables(value: unknown, options: EnvValueOptions, path = ''): unknown {
  if (typeof value === 'string') return value.includes('${') ? replaceText(value, options, path) : value;
  if (Array.isArray(value))
    return value.map((item, index) => replaceVariables(item, options, join(path, String(index))));
  if (!isPlainObject(value)) return value;
  const isDollarFormat = /^formatters\.[^.]+/.test(path) && value.style === '$';
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const isKept = isDollarFormat && (key === 'format' || key === 'fmt');
    // Whatever it is called: what may not be there is reported later.
    defineField(result, key, isKept ? item : replaceVariables(item, options, join(path, key)));
  }
  return result;
}

function replaceText(text: string, options: EnvValueOptions, path: string): unknown {
  try {
    const reader = new VariableReader(text, options.env);
    const replaced = reader.read();
    return reader.isWhole && !options.quoted.has(path) ? convert(replaced) : replaced;
  } catch (error) {
    if (!(error instanceof VariableIssue)) throw error;
    options.issue(path, error.message);
    return undefined;
  }
}

/** The value of a variable's text where it is not in quotes. */
function convert(text: string): unknown {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return /^[-+]?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? Number(text) : text;
}

class VariableIssue extends Error {}

const START = '${';
const MAX_DEPTH = 20;

/** Reads a string with variables from left to right. */
class VariableReader {
  /** Whether one variable makes up the whole text. */
  isWhole = false;
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly env: Environment,
  ) {}

  read(): string {
    const { text } = this;
    const isFirst = text.startsWith(START);
    let result = '';
    let count = 0;
    while (this.#at < text.length) {
      if (this.#takes('$${')) result += START;
      else if (this.#takes(START)) {
        result += this.#variable(0);
        count += 1;
        this.isWhole = isFirst && count === 1 && this.#at === text.length;
      } else result += text[this.#at++];
    }
    return result;
  }

  #takes(token: string): boolean {
    if (!this.text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #variable(depth: number): string {
    const [name] = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.text.slice(this.#at)) ?? [];
    if (name === undefined) {
      throw new VariableIssue(
        `cannot read "${this.text}": after \${ comes the name of a variable; write $\${ for a plain \${`,
      );
    }
    this.#at += name.length;
    const value = Object.hasOwn(this.env, name) ? this.env[name] : undefined;
    if (this.#takes('}')) {
      if (value !== undefined) return value;
      throw new VariableIssue(
        `the environment variable ${name} is not set; set it, or give a default: \${${name}:-…}`,
      );
    }
    if (!this.#takes(':-')) {
      throw new VariableIssue(`cannot read "${this.text}": after \${${name} comes } or :- and a default`);
    }
    const isNeeded = value === undefined || value === '';
    const fallback = this.#default(depth + 1, isNeeded);
    return isNeeded ? fallback : value;
  }

  /** The text up to the closing brace. Variables in it count only if it is needed. */
  #default(depth: number, isNeeded: boolean): string {
    let result = '';
    while (this.#at < this.text.length && depth <= MAX_DEPTH) {
      if (this.#takes('}')) return result;
      if (this.#takes('$${')) result += START;
      else if (this.#takes(START))
        result += isNeeded ? this.#variable(depth) : this.#default(depth + 1, false);
      else result += this.text[this.#at++];
    }
    throw new VariableIssue(`cannot read "${this.text}": a } is missing`);
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
