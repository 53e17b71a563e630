import { LoggingError } from '../core/errors.js';
import { loadOptionalPeer } from '../internal/optional-peer.js';

interface YamlWriter {
  stringify(value: unknown, options: object): string;
}

/** The comment by which editors find the schema. */
const SCHEMA_COMMENT =
  '# yaml-language-server: $schema=node_modules/nestjs-logging/schema/logging.schema.json';

/**
 * A configuration as YAML that every reader understands the same, Python's included.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` without the package `yaml`.
 */
export async function toYaml(config: unknown): Promise<string> {
  const yaml = await loadOptionalPeer<YamlWriter>({
    name: 'yaml',
    neededBy: 'YAML',
    load: () => import('yaml'),
    missing: (message, cause) => new LoggingError('ERR_LOGGING_MISSING_PACKAGE', message, { cause }),
    pick: (module) =>
      typeof module.stringify === 'function' ? (module as unknown as YamlWriter) : undefined,
  });
  const options = { compat: 'yaml-1.1', lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false };
  return `${SCHEMA_COMMENT}\n${yaml.stringify(config, options)}`;
}
