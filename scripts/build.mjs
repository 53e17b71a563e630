/**
 * Builds dist/: the JavaScript in both formats, bundled, and the types, file by file.
 *
 *   dist/esm/index.js, core.js, testing.js, live.js, chunks/*.js   ES modules
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
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { writePage } from './build-page.mjs';

/** Small packages that become part of the bundles, see above. */
const BUNDLED = ['valibot', 'fastest-levenshtein'];
/** Those that are part of the page, with the name of their licence. */
const PAGE_LICENCES = { preact: 'LICENSE' };

/** The entry points, beside each other in lib/. */
const ENTRIES = ['index', 'core', 'testing', 'live'];

const root = fileURLToPath(new URL('..', import.meta.url));
const started = performance.now();

/**
 * What the bundler of an application is to see, and ours is not: a `require` that it follows (ours would call
 * `createRequire` when the module is loaded, which fails in a bundle), and an `import` that it leaves to Node.
 */
const leaveToBundlers = {
  name: 'leave-to-bundlers',
  renderChunk(code) {
    const seen = code
      .replaceAll('bundledRequire(', 'require(')
      .replaceAll('import(url.href)', 'import(/* webpackIgnore: true */ /* @vite-ignore */ url.href)');
    // No line moves: the map holds.
    return { code: seen, map: null };
  },
};

/** The page in place of the file that reads it. */
const withPage = {
  name: 'with-page',
  async load(id) {
    if (!/[\\/]lib[\\/]live[\\/]api[\\/]page-content\.ts$/.test(id)) return null;
    const { html, policy } = await page;
    return `const page = ${JSON.stringify({ html, policy })};\nexport const readPage = async () => page;\n`;
  },
};

/** The program behind the command `nestjs-logging`. */
const bin = `#!/usr/bin/env node
import { runCli } from '../esm/cli/run.js';

process.exitCode = await runCli(process.argv.slice(2));
`;

/** What all bundles have in common. */
const inputOptions = {
  cwd: root,
  platform: 'node',
  tsconfig: path.join(root, 'tsconfig.json'),
  external: isPackage,
  plugins: [leaveToBundlers, withPage],
  onLog(level, log, handle) {
    handle(level === 'warn' ? 'error' : level, log);
  },
};

await rm(path.join(root, 'dist'), { recursive: true, force: true });
/** As it is for the sources, and put into the bundles. */
const page = writePage();
const outcomes = await Promise.allSettled([buildJavaScript(), buildTypes()]);
const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
for (const { reason } of failures) console.error(reason.stdout || reason.message);
if (failures.length > 0) process.exit(1);
console.log(`dist/ built in ${((performance.now() - started) / 1000).toFixed(1)} s`);

async function buildJavaScript() {
  const entries = Object.fromEntries(ENTRIES.map((name) => [name, `lib/${name}.ts`]));
  await bundleAs('esm', { ...entries, 'cli/run': 'lib/cli/run.ts' });
  await bundleAs('cjs', entries);
  await bundleWorker();
  const licences = { ...Object.fromEntries(BUNDLED.map((name) => [name, 'LICENSE.md'])), ...PAGE_LICENCES };
  for (const [name, file] of Object.entries(licences)) {
    const licence = path.join(root, 'node_modules', name, file);
    await copyFile(licence, path.join(root, `dist/LICENSE-${name}.md`));
  }
  await writeFile(path.join(root, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
  await mkdir(path.join(root, 'dist/bin'), { recursive: true });
  await writeFile(path.join(root, 'dist/bin/nestjs-logging.js'), bin, { mode: 0o755 });
}

async function bundleAs(format, input) {
  const bundle = await rolldown({ ...inputOptions, input });
  await bundle.write({
    dir: path.join(root, 'dist', format),
    format,
    exports: 'named',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      groups: [
        {
          name: 'logging',
          test: /(lib[\\/](runtime|python|redaction|core|context|formatters|handlers|config)|node_modules[\\/]valibot)[\\/]/,
          tags: ['$initial'],
        },
        { name: 'nest', test: /lib[\\/]nest[\\/]/, tags: ['$initial'] },
      ],
    },
    // Lines and names stay: an error that nobody catches prints the line it comes from. The comments that stay are
    // those that bundlers read; the others are a fifth of what Node would have to read.
    minify: false,
    comments: { annotation: true, legal: false, jsdoc: false },
    // One character beyond ASCII would double the memory of the text, and the time to decode it.
    charset: 'ascii',
  });
  await bundle.close();
}

/**
 * The program of a worker thread, in one file that imports nothing but Node's own modules, so that a copy of it works
 * anywhere.
 */
async function bundleWorker() {
  const bundle = await rolldown({ ...inputOptions, input: 'lib/worker.ts' });
  await bundle.write({
    file: path.join(root, 'dist/esm/worker.js'),
    format: 'esm',
    minify: true,
    keepNames: true,
    codeSplitting: false,
  });
  await bundle.close();
  await writeFile(path.join(root, 'dist/cjs/worker.js'), "import('../esm/worker.js');\n");
}

/** Packages stay imports but for valibot; our own files and the compiler's helpers are bundled. */
function isPackage(id) {
  return !BUNDLED.includes(id) && !/^(\.|\0|@oxc-project\/)/.test(id) && !path.isAbsolute(id);
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
    await forOlderCompilers(separate);
    const bundle = await rolldown({
      ...inputOptions,
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
  } finally {
    await rm(separate, { recursive: true, force: true });
  }
}

/** Before TypeScript 5.7 `Buffer` took no parameter; the one that is written out here is its default. */
async function forOlderCompilers(folder) {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    if (text.includes('Buffer<')) await writeFile(file, text.replaceAll('Buffer<ArrayBufferLike>', 'Buffer'));
  }
}
