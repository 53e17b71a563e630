import type ts from 'typescript';
import { applyEdits, type Edit, unifiedDiff } from './source-edits.js';
import type { TypeScript } from './typescript-peer.js';

/** What was left as it is, with its place and why. */
export interface LeftAlone {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** A stretch of a source; a node is one from its first token on. */
export type Stretch = ts.Node | { readonly start: number; readonly end: number };

/** One source, and what is to change in it. */
export class SourceUnit {
  readonly source: ts.SourceFile;
  readonly left: LeftAlone[] = [];
  /** Names of members of classes that are loggers of ours now. */
  readonly membersBroughtOver: string[] = [];
  readonly #edits: (Edit | (() => Edit))[] = [];
  #all: readonly ts.Node[] | undefined;
  readonly #gone: { readonly start: number; readonly end: number; readonly kept: string }[] = [];

  constructor(
    readonly ts: TypeScript,
    /** As it is shown to the user. */
    readonly file: string,
    readonly text: string,
  ) {
    this.source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  }

  /** Whether the compiler could read it. */
  get isSound(): boolean {
    return (this.source as unknown as { parseDiagnostics: unknown[] }).parseDiagnostics.length === 0;
  }

  /**
   * Puts a text in place of a stretch; a function gives it at the end, when the names of all imports are known.
   *
   * @param kept What the text has of the old one, so that imports it needs are kept; default all of it.
   */
  replace(
    stretch: Stretch,
    text: string | (() => string),
    kept = typeof text === 'string' ? text : '',
  ): void {
    const { start, end } = this.range(stretch);
    if (end > start) this.#gone.push({ start, end, kept });
    this.#edits.push(typeof text === 'string' ? { start, end, text } : () => ({ start, end, text: text() }));
  }

  /** Inserts a text before an offset. */
  insert(offset: number, text: string | (() => string)): void {
    this.replace({ start: offset, end: offset }, text);
  }

  /** Takes a statement out, with its line if nothing else is on it. */
  removeStatement(statement: ts.Node): void {
    this.replace(this.wholeLines(statement), '');
  }

  /** Says that a place was left as it is. */
  leave(node: ts.Node, message: string): void {
    const { line, character } = this.source.getLineAndCharacterOfPosition(node.getStart(this.source));
    const place = { file: this.file, line: line + 1, column: character + 1 };
    if (!this.left.some((other) => other.line === place.line && other.message === message))
      this.left.push({ ...place, message });
  }

  /** Whether a node is in what goes. */
  isGone(node: ts.Node): boolean {
    const start = node.getStart(this.source);
    const words = this.textOf(node).split(/[^\w$]+/);
    return this.#gone.some(
      (range) =>
        range.start <= start && node.end <= range.end && !words.every((word) => hasWord(range.kept, word)),
    );
  }

  range(stretch: Stretch): { start: number; end: number } {
    return 'kind' in stretch ? { start: stretch.getStart(this.source), end: stretch.end } : stretch;
  }

  textOf(node: ts.Node): string {
    return node.getText(this.source);
  }

  /** Every node below one, in order. */
  below(node: ts.Node = this.source): readonly ts.Node[] {
    if (node === this.source && this.#all !== undefined) return this.#all;
    const found: ts.Node[] = [];
    const visit = (child: ts.Node): void => {
      found.push(child);
      child.forEachChild(visit);
    };
    node.forEachChild(visit);
    if (node === this.source) this.#all = found;
    return found;
  }

  get newline(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** The quote that the source's imports have. */
  get quote(): string {
    return /\bfrom\s*"|\brequire\("/.test(this.text) ? '"' : "'";
  }

  /** Whether statements end with a semicolon here. */
  get semicolon(): string {
    const [first] = this.source.statements;
    return first === undefined || this.textOf(first).endsWith(';') ? ';' : '';
  }

  /** The white space that a line begins with. */
  indentAt(offset: number): string {
    const start = this.text.lastIndexOf('\n', offset - 1) + 1;
    return /^[ \t]*/.exec(this.text.slice(start))?.[0] ?? '';
  }

  edits(): Edit[] {
    const edits = this.#edits.map((edit) => (typeof edit === 'function' ? edit() : edit));
    const overlap = edits.find((edit) =>
      edits.some((other) => other !== edit && other.start < edit.end && edit.start < other.end),
    );
    if (overlap === undefined) return edits;
    // One call within another, both of which change.
    const { line, character } = this.source.getLineAndCharacterOfPosition(overlap.start);
    const message = 'the file stays: changes to it overlap here';
    this.left.splice(0, this.left.length, {
      file: this.file,
      line: line + 1,
      column: character + 1,
      message,
    });
    return [];
  }

  result(): string {
    return applyEdits(this.text, this.edits());
  }

  diff(): string {
    return unifiedDiff(this.file, this.text, this.edits());
  }

  /** A node with the line that it has to itself. */
  wholeLines(node: ts.Node): { start: number; end: number } {
    const { start, end } = this.range(node);
    const lineStart = this.text.lastIndexOf('\n', start - 1) + 1;
    const rest = /^[ \t]*(\r?\n|$)/.exec(this.text.slice(end));
    if (this.text.slice(lineStart, start).trim() !== '' || rest === null) return { start, end };
    return { start: lineStart, end: end + rest[0].length };
  }
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[^\w$]+/).includes(word);
}
