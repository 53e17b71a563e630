import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FormatterOptions } from '../../lib/core/formatting/formatter.js';
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
  return ask(process.execPath, [compiledFile(path('formatter-worker.ts'))], questions);
}

/** Python's answers, in order. */
export function formatInPython(questions: readonly FormatterQuestion[]): FormatterAnswer[] {
  return ask('python3', [path('formatter-oracle.py')], questions);
}

function ask(program: string, args: string[], questions: readonly FormatterQuestion[]): FormatterAnswer[] {
  const input = questions.map((question) => `${JSON.stringify(question)}\n`).join('');
  const { status, stdout, stderr } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as FormatterAnswer);
}

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
