import { suggestion } from '../core/suggestion.js';
import type { ConfigFault, Place } from './config-origin.js';
import { InterpolationError, interpolate } from './ini-interpolation.js';
import { type IniFile, type IniValue, parseIni } from './ini-parser.js';

/** Reads the sections of an INI file, noting every fault and where each part of the dictionary stands. */
export class IniReader {
  readonly faults: ConfigFault[] = [];
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
    for (const { message, line, column } of this.#ini.faults) this.fault('', message, line, column);
    this.note('', 1, 1);
  }

  fault(path: string, message: string, line?: number, column?: number): undefined {
    const place = line === undefined ? this.#placeOf(path) : this.#place(line, column ?? 1);
    this.faults.push({ path, message, ...place });
  }

  /** Notes where a part of the dictionary stands. */
  note(path: string, line: number, column: number): void {
    this.places.set(path, this.#place(line, column));
  }

  #place(line: number, column: number): Place {
    return { file: this.file, line, column };
  }

  #placeOf(path: string): Place | undefined {
    return this.places.get(path) ?? this.places.get('');
  }

  /** The names under `keys` of a section, none if there are none. */
  list(name: string): string[] {
    const section = this.section(name, name);
    const keys = section?.needed('keys', name);
    return keys ? keys.split(',').map((key) => key.trim()) : [];
  }

  /** A section; a fault and `undefined` if it is not there. @param listedIn The section that asks for it. */
  section(name: string, path: string, listedIn?: string): IniSectionReader | undefined {
    const section = this.#ini.sections.get(name);
    if (section === undefined) {
      const place = listedIn === undefined ? undefined : this.places.get(listedIn);
      const message = `there is no section [${name}]${suggestion(name, [...this.#ini.sections.keys()])}`;
      return this.fault(path, message, place?.line, place?.column);
    }
    this.note(path, section.line, 1);
    const find = (key: string): IniValue | undefined =>
      section.keys.get(key) ?? this.#ini.defaults.get(key) ?? this.#given(key, section.line);
    return new IniSectionReader(this, name, section.line, find);
  }

  #given(key: string, line: number): IniValue | undefined {
    const text = this.#defaults.get(key);
    return text === undefined ? undefined : { text, line, column: 1 };
  }
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
      return this.fault(key, path, `${key}: ${error.message}`);
    }
  }

  /** The same, for a key that has to be there. */
  needed(key: string, path: string): string | undefined {
    if (this.find(key) !== undefined) return this.text(key, path);
    return this.reader.fault(path, `the section [${this.name}] has no key ${key}`, this.line);
  }

  /** Notes that a part of the dictionary stands where a key does. */
  place(key: string, path: string): void {
    const value = this.find(key);
    if (value !== undefined) this.reader.note(path, value.line, value.column);
  }

  fault(key: string, path: string, message: string): undefined {
    const value = this.find(key);
    return this.reader.fault(path, message, value?.line ?? this.line, value?.column);
  }
}
