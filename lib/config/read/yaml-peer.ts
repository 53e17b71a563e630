import { loadOptionalPeer, notLoaded } from '../../core/optional-peer.js';

/** A node of a YAML document. */
export interface YamlNode {
  readonly range?: readonly number[] | null;
  readonly tag?: string | undefined;
}

/** A value that is neither list nor object. */
export interface YamlScalar extends YamlNode {
  readonly value: unknown;
  readonly type?: string | undefined;
  readonly source?: string | undefined;
}

/** A list, of nodes, or an object, of pairs. */
export interface YamlCollection extends YamlNode {
  readonly items: readonly unknown[];
}

/** A key and its value. */
export interface YamlPair {
  readonly key: YamlNode | null;
  readonly value: YamlNode | null;
}

/** An alias, which refers to the node with its anchor. */
export interface YamlAlias extends YamlNode {
  readonly source: string;
  resolve(document: YamlDocument): YamlNode | undefined;
}

/** A complaint of the parser. */
export interface YamlProblem {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

/** A parsed text. */
export interface YamlDocument {
  readonly contents: YamlNode | null;
  readonly errors: readonly YamlProblem[];
  readonly warnings: readonly YamlProblem[];
}

/** What is used of the package `yaml`. */
export interface YamlPeer {
  parseDocument(text: string, options: object): YamlDocument;
  isAlias(node: unknown): node is YamlAlias;
  isMap(node: unknown): node is YamlCollection;
  isSeq(node: unknown): node is YamlCollection;
  isScalar(node: unknown): node is YamlScalar;
  LineCounter: new () => { linePos(offset: number): { line: number; col: number } };
}

/**
 * Loads the package `yaml`.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if it is not installed.
 */
export function loadYaml(): Promise<YamlPeer> {
  return loadOptionalPeer<YamlPeer>({
    name: 'yaml',
    neededBy: 'A configuration in YAML',
    load: async () => {
      try {
        return await import('yaml');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['parseDocument'],
  });
}
