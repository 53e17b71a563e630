import { defineField } from '../../runtime/define-field.js';
import { isPlainObject } from '../../runtime/plain-object.js';

/**
 * A base with an overlay put on top.
 *
 * Objects merge key by key, at any depth; lists, texts, numbers and all else replace what is there; `null` removes
 * the key.
 *
 * @returns A new value; neither argument is changed.
 */
export function mergeOverlay(base: unknown, overlay: unknown): unknown {
  if (!isPlainObject(overlay)) return overlay;
  const result: Record<string, unknown> = isPlainObject(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(overlay)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else if (value !== undefined)
      defineField(result, key, mergeOverlay(Object.hasOwn(result, key) ? result[key] : undefined, value));
  }
  return result;
}

/**
 * The name of the overlay of a file: `logging.yaml` has `logging.production.yaml`.
 *
 * @param environment The part between the name and its extension.
 */
export function overlayName(file: string, environment: string): string {
  const dot = file.lastIndexOf('.');
  return `${file.slice(0, dot)}.${environment}${file.slice(dot)}`;
}
