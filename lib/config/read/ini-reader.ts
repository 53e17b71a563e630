import { suggestion } from '../../core/suggestion.js';
import type { ConfigIssue, Place } from './config-origin.js';
import { type IniFile, type IniValue, parseIni } from './ini-parser.js';

/** Reads the sections of an INI file, noting every error and the place of each part of the dictionary. */
export class IniReader {
  readonly issues: ConfigIssue[] = [];
  /** What Python ignores, surely a mistake. */
  readonly warnings: ConfigIssue[] = [];
  readonly places = new Map<string, Place>();
  readonly #ini: IniFile;
  readonly #defaults: ReadonlyMap<string, string>;

  constructor(
    text: string,
    private readonly file: string,
    defaults: Readonly<Record<string, string>>,
  ) {
    this.#ini = parseIni(text);
    this.#defaults = new Map(Object.entries(defaults).map(([key, value]) => [key.toLowerCase(), value]));
    for (const { message, line, column } of this.#ini.issues) this.issue('', message, line, column);
    this.note('', 1, 1);
  }

  issue(path: string, message: string, line?: number, column?: number): undefined {
    const place = line === undefined ? this.#placeOf(path) : this.#place(line, column ?? 1);
    this.issues.push({ path, message, ...place });
  }

  /** Notes the place of a part of the dictionary. */
  note(path: string, line: number, column: number): void {
    this.places.set(path, this.#place(line, column));
  }

  #place(line: number, column: number): Place {
    return { file: this.file, line, column };
  }

  #placeOf(path: string): Place | undefined {
    return this.places.get(path) ?? this.places.get('');
  }

  /** The same as {@link IniReader.list}, without a word of what is wrong. */
  listed(name: string): string[] {
    const keys = this.#ini.sections.get(name)?.keys.get('keys')?.text;
    return keys === undefined ? [] : keys.split(',').map((key) => key.trim());
  }

  /** The names under `keys` of a section, none if there are none. */
  list(name: string): string[] {
    const section = this.section(name, name);
    const keys = section?.needed('keys', name);
    return keys ? keys.split(',').map((key) => key.trim()) : [];
  }

  /** A section; an error and `undefined` if it is missing. @param listedIn The section that refers to it. */
  section(name: string, path: string, listedIn?: string): IniSectionReader | undefined {
    const section = this.#ini.sections.get(name);
    if (section === undefined) {
      const place = listedIn === undefined ? undefined : this.places.get(listedIn);
      const message = `there is no section [${name}]${suggestion(name, [...this.#ini.sections.keys()])}`;
      return this.issue(path, message, place?.line, place?.column);
    }
    this.note(path, section.line, 1);
    const find = (key: string): IniValue | undefined =>
      section.keys.get(key) ?? this.#ini.defaults.get(key) ?? this.#given(key, section.line);
    return new IniSectionReader(this, name, section.line, find);
  }

  warn(path: string, message: string, line: number, column = 1): void {
    this.warnings.push({ path, message, ...this.#place(line, column) });
  }

  /**
   * Warns of keys of a section that nothing reads: not by name, and not from another value as `%(key)s`.
   *
   * @param known The keys that are read.
   * @param remedy What to do about a key, if there is more to say than a suggestion.
   */
  warnOfKeys(
    name: string,
    path: string,
    known: readonly string[],
    remedy: (key: string) => string | undefined = () => undefined,
  ): void {
    const section = this.#ini.sections.get(name);
    if (section === undefined) return;
    const texts = [...section.keys.values()].map(({ text }) => text.toLowerCase());
    for (const [key, { line, column }] of section.keys) {
      if (known.includes(key) || texts.some((text) => text.includes(`%(${key})s`))) continue;
      const message = `${key}: this key does nothing${remedy(key) ?? suggestion(key, known)}`;
      this.warn(path, message, line, column);
    }
  }

  /** Warns of sections that look like entries and that no list names. */
  warnOfSections(listed: ReadonlyMap<string, readonly string[]>): void {
    for (const [section, { line }] of this.#ini.sections) {
      const [, kind = '', name = ''] = /^([^_]+)_(.+)$/.exec(section) ?? [];
      const meant = [...listed.keys()].find((one) => isNear(kind.toLowerCase(), one));
      if (meant === undefined || (kind === meant && listed.get(meant)?.includes(name))) continue;
      const message =
        kind === meant
          ? `[${section}]: no list names it; add ${name} to the keys of [${meant}s]`
          : `[${section}]: nothing reads this section; did you mean [${meant}_${name}]?`;
      this.warn(`${meant}s.${name}`, message, line);
    }
  }

  #given(key: string, line: number): IniValue | undefined {
    const text = this.#defaults.get(key);
    return text === undefined ? undefined : { text, line, column: 1 };
  }
}

/** Whether a word is another one, or a misspelling of it. */
function isNear(word: string, other: string): boolean {
  return word === other || suggestion(word, [other]).startsWith('; did');
}

/** Reads the keys of one section. */
export class IniSectionReader {
  constructor(
    private readonly reader: IniReader,
    private readonly name: string,
    private readonly line: number,
    private readonly find: (key: string) => IniValue | undefined,
  ) {}

  /** The text of a key as it is; `undefined` if it is not there. @param path What it becomes in the dictionary. */
  raw(key: string, path: string): string | undefined {
    this.place(key, path);
    return this.find(key)?.text;
  }

  /** The text of a key with its `%(name)s` replaced; `undefined` if it is not there. */
  text(key: string, path: string): string | undefined {
    const text = this.raw(key, path);
    if (text === undefined) return undefined;
    try {
      return interpolate(text, (other) => this.find(other)?.text);
    } catch (error) {
      if (!(error instanceof InterpolationError)) throw error;
      return this.issue(key, path, `${key}: ${error.message}`);
    }
  }

  /** The same, for a key that has to be there. */
  needed(key: string, path: string): string | undefined {
    if (this.find(key) !== undefined) return this.text(key, path);
    return this.reader.issue(path, `the section [${this.name}] has no key ${key}`, this.line);
  }

  /** Notes that a part of the dictionary has the place of a key. */
  place(key: string, path: string): void {
    const value = this.find(key);
    if (value !== undefined) this.reader.note(path, value.line, value.column);
  }

  issue(key: string, path: string, message: string): undefined {
    const value = this.find(key);
    return this.reader.issue(path, message, value?.line ?? this.line, value?.column);
  }
}

/** How deep values may refer to values. */
const MAX_DEPTH = 10;

/** A value whose `%` cannot be read. */
export class InterpolationError extends Error {}

/**
 * Replaces `%(key)s` by other values of the section and `%%` by `%`, as `configparser` does.
 *
 * @param text The value.
 * @param lookUp Gives the text of a key, in lower case, of the same section or of the defaults.
 * @throws {InterpolationError}
 * @see https://docs.python.org/3/library/configparser.html#configparser.BasicInterpolation
 */
export function interpolate(text: string, lookUp: (key: string) => string | undefined, depth = 1): string {
  if (depth > MAX_DEPTH)
    throw new InterpolationError('values refer to each other too deeply, or in a circle');
  let result = '';
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf('%', at);
    if (percent < 0) return result + text.slice(at);
    result += text.slice(at, percent);
    if (text[percent + 1] === '%') {
      result += '%';
      at = percent + 2;
      continue;
    }
    const [whole, name] = /^%\(([^)]+)\)s/.exec(text.slice(percent)) ?? [];
    if (whole === undefined || name === undefined) {
      throw new InterpolationError(`a % comes before (name)s or another %, in ${JSON.stringify(text)}`);
    }
    const value = lookUp(name.toLowerCase());
    if (value === undefined)
      throw new InterpolationError(
        `%(${name})s: there is no key "${name.toLowerCase()}" in this section, nor a default`,
      );
    result += value.includes('%') ? interpolate(value, lookUp, depth + 1) : value;
    at = percent + whole.length;
  }
  return result;
}
