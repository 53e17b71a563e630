import { fileURLToPath } from 'node:url';
import type { FormatterOptions } from '../../lib/core/formatting/formatter.js';
import { askProgram } from './ask-program.js';
import { compiledFile } from './compiled-sources.js';

/** A record to be formatted in the zone `tz`. */
export interface FormatterQuestion {
  readonly tz: string;
  readonly options: FormatterOptions;
  /** Attributes, as `makeLogRecord` takes them. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** What became of it. */
export type FormatterAnswer = { readonly text: string } | { readonly error: string };

/** The library's answers, in order. */
export function formatHere(questions: readonly FormatterQuestion[]): FormatterAnswer[] {
  return askProgram(process.execPath, [compiledFile(path('formatter-worker.ts'))], questions);
}

/** Python's answers, in order. */
export function formatInPython(questions: readonly FormatterQuestion[]): FormatterAnswer[] {
  return askProgram('python3', [path('formatter-oracle.py')], questions);
}

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
