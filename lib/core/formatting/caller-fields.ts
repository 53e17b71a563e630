import { isLean } from '../lean.js';

/** Attributes of a record that say where its call was made. */
export const CALLER_FIELDS: ReadonlySet<string> = new Set([
  'pathname',
  'filename',
  'module',
  'lineno',
  'funcName',
]);

/** Whether a formatter of ours writes where a call was made; false for others, which may read what they like. */
export function writesCaller(formatter: { readonly fields?: readonly string[] } | null): boolean {
  if (formatter === null || !isLean(formatter)) return false;
  return formatter.fields?.some((field) => CALLER_FIELDS.has(field)) ?? false;
}
