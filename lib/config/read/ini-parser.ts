/** The value of a key of an INI file. */
export interface IniValue {
  /** The text, including all lines of a multi-line value. */
  readonly text: string;
  /** The place of the key, counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** The keys of one section. */
export type IniSection = ReadonlyMap<string, IniValue>;

/** Something that cannot be read. */
export interface IniIssue {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** A text in INI format, taken apart. */
export interface IniFile {
  readonly sections: ReadonlyMap<string, { readonly keys: IniSection; readonly line: number }>;
  /** The keys of `[DEFAULT]`, which every section has too. */
  readonly defaults: IniSection;
  readonly issues: readonly IniIssue[];
}

/**
 * Reads the INI format by the rules of Python's `configparser` as `ConfigParser()` has them.
 *
 * Keys are in lower case, `=` and `:` end them; a line indented deeper than its key goes on with the value, and empty
 * lines within it belong to it; `#` and `;` start comments only at the start of a line. Sections and keys may be there
 * once.
 *
 * @see https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
 */
export function parseIni(text: string): IniFile {
  const parser = new IniParser();
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) parser.readLine(line, index + 1);
  return parser.result();
}

interface OpenValue {
  readonly lines: string[];
  readonly line: number;
  readonly column: number;
}

interface OpenSection {
  readonly keys: Map<string, OpenValue>;
  readonly line: number;
}

const WHITE = /^\s*/;

class IniParser {
  readonly #sections = new Map<string, OpenSection>();
  readonly #defaults: OpenSection = { keys: new Map(), line: 0 };
  readonly #issues: IniIssue[] = [];
  #section: OpenSection | undefined;
  #value: OpenValue | undefined;
  #indent = 0;

  readLine(line: string, number: number): void {
    const content = line.trim();
    if (content.startsWith('#') || content.startsWith(';')) return;
    if (content === '') {
      this.#value?.lines.push('');
      return;
    }
    const indent = (WHITE.exec(line)?.[0] ?? '').length;
    if (this.#value !== undefined && indent > this.#indent) {
      this.#value.lines.push(content);
      return;
    }
    this.#indent = indent;
    const header = /^\[(.+)\]/.exec(content)?.[1];
    if (header !== undefined) this.#open(header, number, indent + 1);
    else this.#readKey(content, number, indent + 1);
  }

  #open(name: string, line: number, column: number): void {
    this.#value = undefined;
    if (name === 'DEFAULT') {
      this.#section = this.#defaults;
      return;
    }
    const known = this.#sections.get(name);
    if (known !== undefined) {
      this.#issues.push({
        message: `the section [${name}] is there already, in line ${known.line}`,
        line,
        column,
      });
    }
    this.#section = { keys: new Map(), line };
    if (known === undefined) this.#sections.set(name, this.#section);
  }

  #readKey(content: string, line: number, column: number): void {
    const split = content.search(/[=:]/);
    const key = content.slice(0, Math.max(split, 0)).trim().toLowerCase();
    const issue = this.#keyIssue(content, split, key);
    if (issue !== undefined || this.#section === undefined) {
      this.#issues.push({ message: issue ?? '', line, column });
      this.#value = undefined;
      return;
    }
    this.#value = { lines: [content.slice(split + 1).trim()], line, column };
    this.#section.keys.set(key, this.#value);
  }

  #keyIssue(content: string, split: number, key: string): string | undefined {
    if (this.#section === undefined) return 'a section has to come first, for example [loggers]';
    if (split < 0) return `expected key=value, got ${JSON.stringify(content)}`;
    if (key === '') return `a key is missing before ${content[split]}`;
    const known = this.#section.keys.get(key);
    return known && `the key ${key} is there already, in line ${known.line}`;
  }

  result(): IniFile {
    const close = ({ keys }: OpenSection): IniSection =>
      new Map(
        [...keys].map(([key, { lines, line, column }]) => [
          key,
          { text: lines.join('\n').trimEnd(), line, column },
        ]),
      );
    const sections = [...this.#sections].map(
      ([name, one]) => [name, { keys: close(one), line: one.line }] as const,
    );
    return { sections: new Map(sections), defaults: close(this.#defaults), issues: this.#issues };
  }
}
