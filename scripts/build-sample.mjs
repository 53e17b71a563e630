/**
 * Builds the sample application into sample-app/dist/, and the library as it is in this checkout into
 * sample-app/node_modules/nestjs-logging: the JavaScript alone, which takes a second or two where types take ten. In a
 * fresh clone it first installs the few packages of sample-app/package.json.
 */
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.mjs';
import { bundleAs, bundleWorker, ENTRIES } from './bundles.mjs';
import { loadRolldown, samplePackages } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const sample = path.join(root, 'sample-app');
const library = path.join(sample, 'node_modules/nestjs-logging');

const packages = samplePackages();
await Promise.all([buildLibrary(), buildSample()]);

/** A package like the published one, with nothing in it that the sample does not need. */
async function buildLibrary() {
  await rm(library, { recursive: true, force: true });
  const options = { packages, page: buildPage(packages) };
  const dir = path.join(library, 'dist/esm');
  await bundleAs('esm', { ...options, dir });
  await bundleWorker(path.join(dir, 'worker.js'), options);
  // Their types are those in dist/ of the repository, where `npm run build` was run; `nest build` looks for them.
  const types = path.relative(dir, path.join(root, 'dist/esm')).replaceAll('\\', '/');
  for (const name of ENTRIES)
    await writeFile(path.join(dir, `${name}.d.ts`), `export * from '${types}/${name}.js';\n`);
  const places = ENTRIES.map((name) => [name === 'index' ? '.' : `./${name}`, `./dist/esm/${name}.js`]);
  // By the last one the package finds its own files.
  const exports = { ...Object.fromEntries(places), './package.json': './package.json' };
  const manifest = { name: 'nestjs-logging', type: 'module', exports };
  await writeFile(path.join(library, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function buildSample() {
  const dir = path.join(sample, 'dist');
  await rm(dir, { recursive: true, force: true });
  const files = await sourcesOf(sample);
  const { rolldown } = await loadRolldown(packages);
  const bundle = await rolldown({
    input: files.filter((file) => /(?<!\.spec)\.ts$/.test(file)),
    platform: 'node',
    tsconfig: path.join(root, 'tsconfig.sample.json'),
    external: (id) => !/^(\.|\0|@oxc-project\/)/.test(id) && !path.isAbsolute(id),
  });
  // File by file, as `nest build` does.
  await bundle.write({ dir, format: 'esm', preserveModules: true, preserveModulesRoot: sample });
  await bundle.close();
  for (const file of files.filter((name) => name.endsWith('.yaml'))) {
    const copy = path.join(dir, path.relative(sample, file));
    await mkdir(path.dirname(copy), { recursive: true });
    await copyFile(file, copy);
  }
}

async function sourcesOf(folder) {
  const files = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isFile()) files.push(file);
    else if (!['node_modules', 'dist', 'logs'].includes(entry.name)) files.push(...(await sourcesOf(file)));
  }
  return files;
}
