import type { GenericSchema } from 'valibot';
import { lazyProperty } from '../runtime/lazy.js';

/** On a class: how configurations name it. Its value is what {@link declareComponent} gives. */
export const COMPONENT: unique symbol = Symbol.for('nestjs-logging.component');

/**
 * How configurations name a class.
 *
 * To the compiler each name is an optional key. A list of names would not do: the static side of a derived class has to
 * fit that of its parent, which has other names.
 */
export type ComponentNames<TName extends string> = NameList & { readonly [Name in TName]?: never };

interface NameList {
  /** The class's own name, then those that Python has for it. */
  readonly names: readonly string[];
}

/** A class that configurations can name. */
export interface Component {
  readonly [COMPONENT]: NameList;
}

/** What a component is declared with. */
export interface ComponentDeclaration<TName extends string, TPythonName extends string, TSchema> {
  /** The class's name. It is written out because bundlers may shorten that of the class itself. */
  readonly name: TName;
  /** Names for it in configurations of Python's: `logging.StreamHandler`. Default none. */
  readonly pythonNames?: readonly TPythonName[];
  /** The schema of its options; called when the schema is first needed. */
  readonly schema: () => TSchema;
}

/**
 * Declares a class as a component. Once its file is in the list of its room, configurations can name it, and their
 * types, the JSON Schema and the reference have its options.
 *
 * @param type The class; it is given `optionsSchema`.
 *
 * @example
 * static readonly [COMPONENT] = declareComponent(FileHandler, {
 *   name: 'FileHandler',
 *   pythonNames: ['logging.FileHandler'],
 *   schema: fileHandlerSchema,
 * });
 */
export function declareComponent<
  TSchema extends GenericSchema,
  const TName extends string,
  const TPythonName extends string = never,
>(
  type: { readonly optionsSchema: TSchema },
  declaration: ComponentDeclaration<TName, TPythonName, NoInfer<TSchema>>,
): ComponentNames<TName | TPythonName> {
  const { name, pythonNames = [], schema } = declaration;
  lazyProperty(type, 'optionsSchema', schema);
  const list: NameList = { names: [name, ...pythonNames] };
  return list as ComponentNames<TName | TPythonName>;
}

/** The classes of a list by each of their names, as types. */
export type ComponentsByName<TList> = {
  [Key in keyof TList as TList[Key] extends Component
    ? Exclude<keyof TList[Key][typeof COMPONENT], keyof NameList>
    : never]: TList[Key];
};

/** The classes of a list by each of their names. */
export function componentsByName<T extends Component>(list: Readonly<Record<string, T>>): Map<string, T> {
  return new Map(
    Object.values(list).flatMap((type) => type[COMPONENT].names.map((name): [string, T] => [name, type])),
  );
}
