import { readFileSync } from 'node:fs';
import { LoggingError } from '../../core/errors.js';

const FILE = 'schema/logging.schema.json';

/**
 * The JSON Schema (draft 7) of configuration files, for editors and validators; read from the package when called.
 *
 * The same is in the file `nestjs-logging/schema.json`. It knows every built-in class with its options, their units,
 * bounds and defaults. It does not check whether a name is defined somewhere; {@link planConfig} does.
 *
 * @throws {LoggingError} `ERR_LOGGING_FILE` if the file is not where the package has it, as in a bundled program.
 */
export function loggingJsonSchema(): Record<string, unknown> {
  return JSON.parse(readSchema());
}

/** The package's root is three levels above the built code, and two above the sources. */
function readSchema(): string {
  for (const root of ['../../../', '../../']) {
    try {
      return readFileSync(new URL(`${root}${FILE}`, import.meta.url), 'utf8');
    } catch {
      // The next one, then.
    }
  }
  throw new LoggingError(
    'ERR_LOGGING_FILE',
    `loggingJsonSchema: ${FILE} is not beside the code; in a bundled program keep nestjs-logging external, or import "nestjs-logging/schema.json"`,
  );
}
