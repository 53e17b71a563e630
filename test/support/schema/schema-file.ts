import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loggingSchema } from './logging-schema.js';

/** The schema that is shipped. */
export const schemaFile = fileURLToPath(new URL('../../../schema/logging.schema.json', import.meta.url));

/** What the file should hold. */
export function schemaText(): string {
  return `${JSON.stringify(loggingSchema(), null, 1)}\n`;
}

/** Brings the file up to date; whether it was not. */
export function writeSchema(): boolean {
  const text = schemaText();
  if (existsSync(schemaFile) && readFileSync(schemaFile, 'utf8') === text) return false;
  mkdirSync(dirname(schemaFile), { recursive: true });
  writeFileSync(schemaFile, text);
  return true;
}
