/**
 * Builds dist/: the JavaScript in both formats, bundled, and the types, file by file.
 *
 *   dist/esm/index.js, core/index.js, testing/index.js, chunks/*.js   ES modules
 *   dist/cjs/…                                                        the same in CommonJS
 *   dist/esm/cli/run.js, dist/bin/nestjs-logging.js                   the command line, as ES modules alone
 *   dist/{esm,cjs}/**\/*.d.ts                                         declarations with their doc comments
 *   dist/LICENSE-valibot.md                                           of the one package that is bundled
 *
 * Bundled because loading many small files is dear: with 60 of them, importing the package took
 * 39 ms file by file and 10 ms in two chunks. Comments and white space go, names stay, so stack traces can be read;
 * source maps carry the TypeScript sources.
 *
 * valibot is bundled too, the 15 KB of it that are used: all of it would take as long to load as a third of the
 * package. The declarations still refer to its types, so it stays a dependency.
 */
import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const started = performance.now();

/** The program behind the command `nestjs-logging`. */
const bin = `#!/usr/bin/env node
import { runCli } from '../esm/cli/run.js';

process.exitCode = await runCli(process.argv.slice(2));
`;

await rm(path.join(root, 'dist'), { recursive: true, force: true });
const outcomes = await Promise.allSettled([buildJavaScript(), buildTypes()]);
const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
for (const { reason } of failures) console.error(reason.stdout || reason.message);
if (failures.length > 0) process.exit(1);
console.log(`dist/ built in ${((performance.now() - started) / 1000).toFixed(1)} s`);

async function buildJavaScript() {
  const entries = {
    index: 'lib/index.ts',
    'core/index': 'lib/core/index.ts',
    'testing/index': 'lib/testing/index.ts',
  };
  await bundleAs('esm', { ...entries, 'cli/run': 'lib/cli/run.ts' });
  await bundleAs('cjs', entries);
  await copyFile(
    path.join(root, 'node_modules/valibot/LICENSE.md'),
    path.join(root, 'dist/LICENSE-valibot.md'),
  );
  await writeFile(path.join(root, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
  await mkdir(path.join(root, 'dist/bin'), { recursive: true });
  await writeFile(path.join(root, 'dist/bin/nestjs-logging.js'), bin, { mode: 0o755 });
}

async function bundleAs(format, input) {
  const bundle = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    tsconfig: path.join(root, 'tsconfig.json'),
    external: isPackage,
    onLog(level, log, handle) {
      handle(level === 'warn' ? 'error' : level, log);
    },
  });
  await bundle.write({
    dir: path.join(root, 'dist', format),
    format,
    exports: 'named',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      groups: [
        {
          name: 'logging',
          test: /(lib[\\/](internal|core|context|formatters|handlers|config)|node_modules[\\/]valibot)[\\/]/,
          tags: ['$initial'],
        },
        { name: 'nest', test: /lib[\\/]nest[\\/]/, tags: ['$initial'] },
      ],
    },
    // White space and comments are a third of what Node would have to read. Names stay: shorter ones save too little
    // for private methods that cannot be told apart in a stack trace.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    // One character beyond ASCII would double the memory of the text, and the time to decode it.
    charset: 'ascii',
    sourcemap: true,
  });
  await bundle.close();
}

/** Packages stay imports but for valibot; our own files and the compiler's helpers are bundled. */
function isPackage(id) {
  return id !== 'valibot' && !/^(\.|\0|@oxc-project\/)/.test(id) && !path.isAbsolute(id);
}

/** The two trees of declarations are the same text: what they mean is told by the package.json beside them. */
async function buildTypes() {
  const tsc = path.join(root, 'node_modules/@typescript/native/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '--project', 'tsconfig.build.json'], { cwd: root });
  await mkdir(path.join(root, 'dist/cjs'), { recursive: true });
  await cp(path.join(root, 'dist/esm'), path.join(root, 'dist/cjs'), {
    recursive: true,
    filter: (source) => !path.extname(source) || source.endsWith('.d.ts'),
  });
}
