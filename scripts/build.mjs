/**
 * Builds dist/: the JavaScript in both formats, bundled, and the types, file by file.
 *
 *   dist/esm/index.js, core.js, handlers.js, …, chunks/*.js           ES modules
 *   dist/esm/whole/{index,core}.js                                    the same with all handlers loaded at once
 *   dist/cjs/…                                                        the same in CommonJS
 *   dist/esm/cli/run.js, dist/bin/nestjs-logging.js                   the command line, as ES modules alone
 *   dist/{esm,cjs}/*.d.ts, chunks/*.d.ts                              declarations with their doc comments, bundled as well
 *   dist/esm/worker.js                                                the program of a QueueHandler's worker thread
 *   dist/{esm,cjs}/chunks/page-content.js                             the page of ./live, a document in a text
 *   dist/page/page.json                                               the same for the sources; not in the package
 *   dist/LICENSE-….md                                                 of the packages that are bundled
 *
 * Bundled because loading many small files is slow: with 60 of them, importing the package took 39 ms file by file and
 * 10 ms in two chunks. Lines and names stay, so that stack traces can be read. There are no source maps: they would name
 * lines of files that are not in the package, and be as large as all declarations together.
 *
 * valibot is bundled too, the 15 KB of it that are used: all of it would take as long to load as a third of the
 * package. The declarations still refer to its types, so it stays a dependency. So is fastest-levenshtein: the
 * suggestions in errors then work in every bundle.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { writePage } from './build-page.mjs';
import { BUNDLED, bundleAs, bundleWorker, ENTRIES, inputOptions } from './bundles.mjs';
import { withNamedSchemas, withoutDescriptions } from './declarations.mjs';
import { linkSample, projectPackages } from './packages.mjs';

/** Those that are part of the page, with the name of their licence. */
const PAGE_LICENCES = { preact: 'LICENSE' };

const root = fileURLToPath(new URL('..', import.meta.url));
const started = performance.now();

/** The program behind the command `nestjs-logging`. */
const bin = `#!/usr/bin/env node
import { runCli } from '../esm/cli/run.js';

process.exitCode = await runCli(process.argv.slice(2));
`;

await rm(path.join(root, 'dist'), { recursive: true, force: true });
/** As it is for the sources, and put into the bundles. */
const page = writePage();
const outcomes = await Promise.allSettled([buildJavaScript(), buildTypes()]);
const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
for (const { reason } of failures) console.error(reason.stdout || reason.message);
if (failures.length > 0) process.exit(1);
// For `nest build`, which compiles the sample application with the types in dist/.
linkSample();
console.log(`dist/ built in ${((performance.now() - started) / 1000).toFixed(1)} s`);

async function buildJavaScript() {
  const options = { packages: projectPackages, page };
  const others = { 'cli/run': 'lib/cli/run.ts' };
  await bundleAs('esm', { ...options, dir: path.join(root, 'dist/esm'), others });
  await bundleAs('cjs', { ...options, dir: path.join(root, 'dist/cjs') });
  await bundleWorker(path.join(root, 'dist/esm/worker.js'), options);
  await writeWhole();
  await writeFile(path.join(root, 'dist/cjs/worker.js'), "import('../esm/worker.js');\n");
  const licences = { ...Object.fromEntries(BUNDLED.map((name) => [name, 'LICENSE.md'])), ...PAGE_LICENCES };
  for (const [name, file] of Object.entries(licences)) {
    const licence = path.join(root, 'node_modules', name, file);
    await copyFile(licence, path.join(root, `dist/LICENSE-${name}.md`));
  }
  await writeFile(path.join(root, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
  await mkdir(path.join(root, 'dist/bin'), { recursive: true });
  await writeFile(path.join(root, 'dist/bin/nestjs-logging.js'), bin, { mode: 0o755 });
}

/**
 * For whatever cannot load an ES module while the program runs, as most bundles cannot: what knows the condition
 * `module-sync` takes the files that load handlers when a configuration names them.
 */
async function writeWhole() {
  const folder = path.join(root, 'dist/esm/whole');
  await mkdir(folder, { recursive: true });
  for (const name of ['index', 'core']) {
    const text = ["import '../handlers.js';", `export * from '../${name}.js';`];
    await writeFile(path.join(folder, `${name}.js`), `${text.join('\n')}\n`);
  }
}

/**
 * The two copies of the declarations are the same text: the package.json beside them gives their meaning.
 *
 * What is not exported is left out: the files one by one took twice the space, and offered deep paths that are none.
 */
async function buildTypes() {
  const tsc = path.join(root, 'node_modules/@typescript/native/bin/tsc');
  const separate = await mkdtemp(path.join(root, 'node_modules/.types-'));
  try {
    await promisify(execFile)(
      process.execPath,
      [tsc, '--project', 'tsconfig.build.json', '--outDir', separate],
      { cwd: root },
    );
    await simplify(separate);
    const bundle = await rolldown({
      ...inputOptions(projectPackages, page),
      input: Object.fromEntries(ENTRIES.map((name) => [name, path.join(separate, `${name}.d.ts`)])),
      external: (id) => !/^[.\0]/.test(id) && !path.isAbsolute(id),
      plugins: [dts({ dtsInput: true, tsconfig: false })],
      // It is all that this build does.
      checks: { pluginTimings: false, bundlerTimings: false },
    });
    for (const format of ['esm', 'cjs']) {
      await bundle.write({
        dir: path.join(root, 'dist', format),
        format: 'esm',
        entryFileNames: '[name].d.ts',
        chunkFileNames: 'chunks/[name].d.ts',
      });
    }
    await bundle.close();
    await shareDeclarations();
    const all = path.join(root, 'dist/cjs/chunks/core.d.ts');
    await writeFile(all, withNamedSchemas(await readFile(all, 'utf8')));
  } finally {
    await rm(separate, { recursive: true, force: true });
  }
}

/** Before TypeScript 5.7 `Buffer` took no parameter; the one that is written out here is its default. */
async function simplify(folder) {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    const simple = withoutDescriptions(text.replaceAll('Buffer<ArrayBufferLike>', 'Buffer'));
    if (simple !== text) await writeFile(file, simple);
  }
}

/**
 * The declarations that mean the same in both formats, once: an ES module may take them from CommonJS.
 *
 * Those that name types of other packages are there twice: Nest 12 has ES modules alone.
 */
async function shareDeclarations() {
  const chunks = path.join(root, 'dist/esm/chunks');
  const imports = new Map();
  for (const name of await readdir(chunks)) {
    if (!name.endsWith('.d.ts')) continue;
    const text = await readFile(path.join(chunks, name), 'utf8');
    imports.set(
      name.replace(/\.d\.ts$/, '.js'),
      [...text.matchAll(/ from "([^"]+)";$/gm)].map(([, specifier]) => specifier),
    );
  }
  const isShared = (specifier) =>
    specifier.startsWith('./')
      ? (imports.get(specifier.slice(2)) ?? ['missing']).every(isShared)
      : specifier === 'valibot' || isBuiltin(specifier);
  for (const name of imports.keys()) {
    if (!isShared(`./${name}`)) continue;
    const file = path.join(chunks, name.replace(/\.js$/, '.d.ts'));
    await writeFile(file, `export * from "../../cjs/chunks/${name}";\n`);
  }
}
