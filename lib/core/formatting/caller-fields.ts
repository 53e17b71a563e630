import { isLean } from '../lean.js';

/** Attributes of a record that say where its call was made. */
const CALLER_FIELDS: ReadonlySet<string> = new Set(['pathname', 'filename', 'module', 'lineno', 'funcName']);

/**
 * Whether a formatter writes where a call was made; `undefined` for one that is not ours or does not say what it reads:
 * that may be anything.
 */
export function writesCaller(formatter: { readonly fields?: readonly string[] }): boolean | undefined {
  if (!isLean(formatter)) return undefined;
  return formatter.fields?.some((field) => CALLER_FIELDS.has(field));
}
