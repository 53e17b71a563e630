import { readFile } from 'node:fs/promises';
import {
  type ComponentKind,
  findComponent,
  findExternal,
  registerExternal,
} from '../config/components/component-registry.js';
import type { ComponentFactory } from '../config/plan/logging-config.js';
import { overlayName } from '../config/read/config-overlay.js';

/** Prefixes of our own names: an unknown name with one of them is a typo. */
const OWN_NAMES = /^(logging|django\.utils\.log|pythonjsonlogger)\./;

/** Whether a class name may be one that the application registers; by habit those have a dot in them. */
export function isForeign(name: string): boolean {
  return /[.:]/.test(name) && !OWN_NAMES.test(name) && !/^(ext|cfg):\/\//.test(name);
}

/**
 * A stand-in for classes that only the application knows, for plans that are never applied.
 *
 * @param seen Takes the names that were met.
 */
export function standIns(
  seen: Set<string>,
): (value: unknown, kind: ComponentKind) => ComponentFactory | undefined {
  return (value, kind) => {
    if (typeof value !== 'string' || findComponent(kind, value) !== undefined || !isForeign(value))
      return undefined;
    seen.add(value);
    const name = value.slice(value.search(/[\w$]+$/));
    return { [name]: class {} }[name] as ComponentFactory;
  };
}

/** Replaces the `ext://` names that only the application knows by a value that is valid everywhere. */
export async function admitExternals(
  file: string,
  environment: string | undefined,
  seen: Set<string>,
): Promise<void> {
  const files = environment === undefined ? [file] : [file, overlayName(file, environment)];
  for (const path of files) {
    const text = await readFile(path, 'utf8').catch(() => '');
    for (const [, name = ''] of text.matchAll(/ext:\/\/([\w.$]+)/g)) {
      if (findExternal(name).found) continue;
      seen.add(`ext://${name}`);
      registerExternal(name, placeholder(name));
    }
  }
}

/** A function that is a stream, a filter and a formatter as well; nothing calls it. */
function placeholder(name: string): object {
  const nothing = () => undefined;
  return Object.assign(nothing, {
    write: nothing,
    filter: nothing,
    format: nothing,
    toJSON: () => `ext://${name}`,
  });
}
