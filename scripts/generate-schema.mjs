/**
 * Writes schema/logging.schema.json, the JSON Schema of configuration files, from the schemas of the components.
 *
 * `npm run jest -- test/schema` fails while the file is behind.
 */
import '../test/support/ts-loader.mjs';

const { writeSchema } = await import('../test/support/schema/schema-file.ts');
if (writeSchema()) console.log('schema/logging.schema.json written');
process.exit();
