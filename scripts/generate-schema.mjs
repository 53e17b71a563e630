/**
 * Writes schema/logging.schema.json, the JSON Schema of configuration files, from the schemas of the components.
 *
 * `npm run jest -- test/schema` fails while the file is behind.
 */
import { register } from 'node:module';

register('../test/support/ts-hooks.mjs', import.meta.url);
const { writeSchema } = await import('../test/support/schema/schema-file.ts');
if (writeSchema()) console.log('schema/logging.schema.json written');
process.exit();
