/** The part of JSON Schema (draft 7) that is written here. */
export interface Json {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly items?: Json | readonly Json[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly additionalItems?: boolean;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Json;
  readonly patternProperties?: Readonly<Record<string, Json | boolean>>;
  readonly additionalProperties?: boolean | Json;
  readonly anyOf?: readonly Json[];
  readonly allOf?: readonly Json[];
  readonly not?: Json;
  readonly if?: Json;
  readonly then?: Json;
  readonly else?: Json;
  readonly definitions?: Readonly<Record<string, Json>>;
}

/** Refers to a definition. */
export function ref(name: string): Json {
  return { $ref: `#/definitions/${name}` };
}

/** A value for which any of several will do; those that are such choices themselves are taken apart. */
export function anyOf(choices: readonly Json[]): Json {
  const flat = choices.flatMap((choice) =>
    choice.anyOf !== undefined && Object.keys(choice).length === 1 ? choice.anyOf : [choice],
  );
  const seen = new Set<string>();
  const distinct = flat.filter((choice) => {
    const text = JSON.stringify(choice);
    return !seen.has(text) && seen.add(text);
  });
  return distinct.length === 1 ? (distinct[0] as Json) : { anyOf: distinct };
}

/** What must hold too where a condition does. */
export function when(condition: Json, consequence: Json): Json {
  // biome-ignore lint/suspicious/noThenProperty: that is the keyword's name
  return { if: condition, then: consequence };
}
