/**
 * The JavaScript of the library in bundles, for dist/ and for the sample application. `packages` is the folder in which the
 * bundler is, and what goes into the bundles: that of the project, or the sample's own.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadRolldown } from './packages.mjs';

/** Small packages that become part of the bundles. */
export const BUNDLED = ['valibot', 'fastest-levenshtein'];
/** The entry points, beside each other in lib/. */
export const ENTRIES = ['index', 'core', 'handlers', 'testing', 'live'];

/** What is in the chunk `logging`: all but the parts for Nest, the page, the test kit and the commands. */
const LOGGING =
  /(lib[\\/](runtime|python|redaction|core|context|formatters|handlers|config)|node_modules[\\/]valibot)[\\/]/;

const root = fileURLToPath(new URL('..', import.meta.url));

/** What all bundles have in common. `page` is the promise of what buildPage returns. */
export function inputOptions(packages, page) {
  return {
    cwd: root,
    platform: 'node',
    tsconfig: path.join(root, 'tsconfig.json'),
    external: isPackage,
    resolve: { modules: [packages, 'node_modules'] },
    // No comments with the names of the files: 2 % of what Node would have to read.
    experimental: { attachDebugInfo: 'none' },
    plugins: [leaveToBundlers, loadLess, offerHandlers, withPage(page)],
    onLog(level, log, handle) {
      handle(level === 'warn' ? 'error' : level, log);
    },
  };
}

/** The entry points and their chunks in one format. */
export async function bundleAs(format, { others = {}, ...options }) {
  const entries = Object.fromEntries(ENTRIES.map((name) => [name, `lib/${name}.ts`]));
  await bundle({ ...entries, ...others }, format, options);
}

/** Each of the files of lib/ as an entry point, as ES modules. */
export async function bundleFiles(files, options) {
  await bundle(
    Object.fromEntries(files.map((file) => [file.replace(/\.ts$/, ''), `lib/${file}`])),
    'esm',
    options,
  );
}

async function bundle(input, format, { dir, packages, page }) {
  const { rolldown } = await loadRolldown(packages);
  const common = inputOptions(packages, page);
  const isLoadedAtOnce = reachableFrom(path.join(root, 'lib/index.ts'));
  const built = await rolldown({ ...common, plugins: [...common.plugins, isLoadedAtOnce], input });
  await built.write({
    dir,
    format,
    exports: 'named',
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      groups: [
        {
          name: 'logging',
          test: (id) => LOGGING.test(id) && isLoadedAtOnce.has(id),
          tags: ['$initial'],
        },
        { name: 'handlers', test: (id) => LOGGING.test(id) && !isLoadedAtOnce.has(id), tags: ['$initial'] },
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
  await built.close();
}

/**
 * The program of a worker thread, in one file that imports nothing but Node's own modules, so that a copy of it works
 * anywhere.
 */
export async function bundleWorker(file, { packages, page }) {
  const { rolldown } = await loadRolldown(packages);
  const { plugins, ...options } = inputOptions(packages, page);
  // It has the handlers, and a bundler that reads it is to look for no file that has them.
  const withHandlers = plugins.filter((plugin) => plugin !== leaveToBundlers);
  const bundle = await rolldown({
    ...options,
    plugins: [...withHandlers, leaveOutHandlers],
    input: 'lib/worker.ts',
  });
  await bundle.write({ file, format: 'esm', minify: true, keepNames: true, codeSplitting: false });
  await bundle.close();
}

/** Packages stay imports but for the small ones; our own files and the compiler's helpers are bundled. */
function isPackage(id) {
  return !BUNDLED.includes(id) && !/^(\.|\0|@oxc-project\/)/.test(id) && !path.isAbsolute(id);
}

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

/**
 * An `import` of a module of Node evaluates all that the module offers, which for these two is the streams and the parsing
 * of arguments as well.
 */
const loadLess = {
  name: 'load-less',
  renderChunk(code, _, { format }) {
    if (format !== 'es') return null;
    const taken = code.replaceAll(
      /^import \{ (.*) \} from ("node:(?:fs|util)");$/gm,
      (_line, names, from) =>
        `const { ${names.replaceAll(' as ', ': ')} } = process.getBuiltinModule(${from});`,
    );
    return { code: taken, map: null };
  },
};

/**
 * Configurations make the classes of the entry point `handlers` once a program imports it. The object of its exports is
 * written here: for one that the bundler makes, it needs a file more that all programs load.
 */
const offerHandlers = {
  name: 'offer-handlers',
  transform(code, id) {
    if (!/[\\/]lib[\\/]handlers\.ts$/.test(id)) return null;
    const imported = "import { offerHandlers } from './config/components/handlers-module.js';";
    return { code: `${imported} offerHandlers(bundledExports);\n${code}`, map: null };
  },
  renderChunk(code, _, { format }) {
    if (!code.includes('(bundledExports)')) return null;
    const [, names] = /^export \{ (.*) \};/m.exec(code) ?? [];
    const exported = format === 'cjs' ? 'exports' : `{ ${names.replaceAll(/(\S+) as (\S+)/g, '$2: $1')} }`;
    return { code: code.replace('(bundledExports)', () => `(${exported})`), map: null };
  },
};

/** A plugin that knows which modules an entry point imports: the handlers that it does not are loaded by themselves. */
function reachableFrom(entry) {
  const reached = new Set();
  return {
    name: 'reachable',
    has: (id) => reached.has(id),
    buildEnd() {
      const ahead = [entry];
      for (const id of ahead) {
        if (reached.has(id)) continue;
        reached.add(id);
        ahead.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
    },
  };
}

const leaveOutHandlers = {
  name: 'leave-out-handlers',
  renderChunk: (code) =>
    leaveToBundlers.renderChunk(code.replace(/bundledRequire\((["'])\.\.\/handlers\.js\1\)/, '{}')),
};

/** The page in place of the file that reads it. */
function withPage(page) {
  return {
    name: 'with-page',
    async load(id) {
      if (!/[\\/]lib[\\/]live[\\/]api[\\/]page-content\.ts$/.test(id)) return null;
      const { html, policy } = await page;
      return `const page = ${JSON.stringify({ html, policy })};\nexport const readPage = async () => page;\n`;
    },
  };
}
