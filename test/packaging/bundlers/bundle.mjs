/**
 * Bundles a program with one of the bundlers, into one folder that can be moved away from its packages.
 *
 *   node bundle.mjs BUNDLER FORMAT ENTRY FOLDER [minify]
 *
 * Run in the folder of an application that has the bundlers installed. Prints the name of the bundle.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [bundler, format, entry, folder, minify] = process.argv.slice(2);
const require = createRequire(path.join(process.cwd(), 'package.json'));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);

/** What Nest imports if it is there, and bundlers cannot know to be absent. */
const external = [
  /^@nestjs\/(microservices|websockets)(\/|$)/,
  /^class-(transformer|validator)(\/|$)/,
  /^@fastify\/(static|view)$/,
  /^file-type$/,
];
const isExternal = (name) => external.some((pattern) => pattern.test(name));
const name = `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`;
const file = path.join(folder, name);

const bundlers = {
  async esbuild() {
    const { build } = await load('esbuild');
    // Packages in CommonJS call `require`, which an ES module has to be given.
    const js =
      'import { createRequire as giveRequire } from "node:module"; const require = giveRequire(import.meta.url);';
    await build({
      entryPoints: [entry],
      outfile: file,
      bundle: true,
      platform: 'node',
      format,
      minify: minify !== undefined,
      keepNames: minify !== 'mangle',
      banner: format === 'esm' ? { js } : {},
      plugins: [
        {
          name: 'external',
          setup: ({ onResolve }) =>
            onResolve({ filter: /^[@\w]/ }, ({ path: id }) =>
              isExternal(id) ? { path: id, external: true } : undefined,
            ),
        },
      ],
      logLevel: 'error',
    });
  },
  async rolldown() {
    const { rolldown } = await load('rolldown');
    const bundle = await rolldown({ input: entry, platform: 'node', external: isExternal, onLog() {} });
    const minified = { compress: true, mangle: { keepNames: true } };
    await bundle.write({
      file,
      format,
      codeSplitting: false,
      minify: minify === undefined ? false : minified,
    });
  },
  webpack: () => runWebpack('webpack'),
  rspack: () => runWebpack('@rspack/core'),
  async ncc() {
    const ncc = require('@vercel/ncc');
    const { code, assets } = await ncc(entry, {
      esm: format === 'esm',
      externals: external.map((pattern) => `/${pattern.source}/`),
      minify: minify !== undefined,
      quiet: true,
      cache: false,
    });
    await mkdir(folder, { recursive: true });
    await writeFile(file, code);
    for (const [asset, { source }] of Object.entries(assets))
      await writeFile(path.join(folder, asset), source);
  },
};

function externalType(dependencyType) {
  if (format === 'cjs') return dependencyType === 'esm' ? 'import' : 'commonjs';
  return dependencyType === 'commonjs' ? 'node-commonjs' : 'import';
}

async function runWebpack(packageName) {
  const loaded = require(packageName);
  const pack = loaded.rspack ?? loaded;
  const esm = { module: true, library: { type: 'module' }, chunkFormat: 'module' };
  const compiler = pack({
    mode: 'production',
    target: 'node20',
    entry,
    devtool: false,
    externals: ({ request, dependencyType }, done) =>
      isExternal(request) ? done(null, `${externalType(dependencyType)} ${request}`) : done(),
    output: {
      path: folder,
      filename: name,
      ...(format === 'esm' ? esm : { library: { type: 'commonjs2' } }),
    },
    experiments: { outputModule: format === 'esm' },
    optimization: { minimize: minify === 'mangle' },
  });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, result) => (error ? reject(error) : resolve(result)));
  });
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
}

await bundlers[bundler]();
console.log(name);
