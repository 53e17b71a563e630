import { type Json, ref } from './json-schema.js';

type Definitions = Readonly<Record<string, Json>>;

/** Shorter texts are not worth a reference. */
const MIN_LENGTH = 120;

/** Definitions in which options that several classes have alike are written once. */
export function shareOptions(definitions: Definitions): Definitions {
  const uses = new Map<string, number>();
  const count = (_key: string, option: Json): Json => {
    const text = JSON.stringify(option);
    uses.set(text, (uses.get(text) ?? 0) + 1);
    return option;
  };
  mapOptions(definitions, count);
  const shared = new Map<string, string>();
  const names = new Set(Object.keys(definitions));
  const replace = (key: string, option: Json): Json => {
    const text = JSON.stringify(option);
    if (text.length < MIN_LENGTH || (uses.get(text) ?? 0) < 2) return option;
    if (!shared.has(text)) shared.set(text, freeName(key, names));
    return ref(shared.get(text) as string);
  };
  const result = mapOptions(definitions, replace);
  return { ...result, ...Object.fromEntries([...shared].map(([text, name]) => [name, JSON.parse(text)])) };
}

function mapOptions(definitions: Definitions, change: (key: string, option: Json) => Json): Definitions {
  const entries = Object.entries(definitions).map(([name, definition]): [string, Json] => {
    // Classes are written with a capital letter.
    if (!/^[A-Z]/.test(name) || definition.properties === undefined) return [name, definition];
    const properties = Object.entries(definition.properties).map(([key, option]) => [
      key,
      change(key, option),
    ]);
    return [name, { ...definition, properties: Object.fromEntries(properties) }];
  });
  return Object.fromEntries(entries);
}

function freeName(key: string, names: Set<string>): string {
  let name = `option.${key}`;
  for (let number = 2; names.has(name); number += 1) name = `option.${key}.${number}`;
  names.add(name);
  return name;
}
