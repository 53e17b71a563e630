/**
 * Writes what the documentation does not say by hand: the option tables of docs/configuration.md, from the schemas of
 * the components, and below every example of a page what it really prints.
 *
 * `npm run docs -- docs/handlers.md` does so for one page, in seconds.
 *
 * `npm run jest -- test/docs` fails while a page is behind. An output that differs only in times and ids stays as it is.
 */
import process from 'node:process';
import '../test/support/ts-loader.mjs';

const { updatePages } = await import('../test/support/docs/update-pages.ts');
for (const path of await updatePages(process.argv.slice(2))) console.log(`${path} written`);
process.exit();
