import { loggingJsonSchema } from '../config/json-schema.js';
import { type Terminal, writeJson } from './terminal.js';

/** Prints the JSON Schema of configuration files. */
export function schema(terminal: Terminal): number {
  writeJson(terminal, loggingJsonSchema());
  return 0;
}
