import type ts from 'typescript';
import type { SourceUnit } from '../source-unit.js';
import { literalValue } from './option-reader.js';

/** The name of a file's handler: `logs/error.log` is `error`. */
export function nameOfFile(unit: SourceUnit, filename: ts.Expression | undefined): string {
  const value = filename && literalValue(unit, filename);
  const base = typeof value === 'string' ? value.replace(/^.*\//, '').replace(/\.[^.]*$/, '') : '';
  return /^[A-Za-z_]\w*$/.test(base) ? base : 'file';
}

/** The name, or with a number behind it if it is taken. */
export function freeName(taken: Readonly<Record<string, unknown>>, name: string): string {
  let free = name;
  for (let count = 2; Object.hasOwn(taken, free); count += 1) free = `${name}${count}`;
  return free;
}
