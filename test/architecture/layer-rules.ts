import type { SourceFile, SourceImport } from '../support/source-file.js';

/** The folders of lib/ from the bottom up. A folder may import those of lower levels only. */
export const levels: Readonly<Record<string, number>> = {
  internal: 0,
  core: 1,
  context: 2,
  filters: 2,
  formatters: 2,
  handlers: 2,
  config: 3,
  nest: 4,
  testing: 5,
  admin: 5,
  cli: 5,
};

/** The files users import. They hold re-exports and nothing else. */
export const entryFiles: ReadonlySet<string> = new Set(['index.ts', 'core/index.ts', 'testing/index.ts']);

/** The one file that may know every plug-in, and must. */
export const pluginTable = 'config/builtin-components.ts';

/** How many plug-ins any other file outside its own folder may import (basicConfig needs two). */
export const maxPluginsElsewhere = 3;

/** Where the framework may be imported. */
export const frameworkFolders: ReadonlySet<string> = new Set(['nest', 'testing']);

const frameworkPackage = /^(@nestjs\/|rxjs($|\/)|reflect-metadata($|\/))/;
const frameworkRoot = /^(@nestjs\/[^/]+|rxjs|reflect-metadata)$/;
const plugin = /^(handlers|formatters)\/[^/]+\.(handler|formatter)\.ts$/;

/** A rule takes the whole library and returns its violations as sentences, none when all is well. */
export type Rule = (files: readonly SourceFile[]) => string[];

export const importsPointDown: Rule = (files) =>
  violations(withoutEntries(files), (file, { target }) => {
    if (target === undefined || entryFiles.has(target)) return undefined;
    const [from, to] = [folderOf(file.path), folderOf(target)];
    if (from === to) return undefined;
    const [level, targetLevel] = [levels[from], levels[to]];
    if (level === undefined || targetLevel === undefined) return 'is outside the layers';
    return targetLevel < level ? undefined : `points from level ${level} to level ${targetLevel}`;
  });

export const nobodyImportsAnIndex: Rule = (files) =>
  violations(withoutEntries(files), (_file, { target }) =>
    target !== undefined && /(^|\/)index\.ts$/.test(target) ? 'names an index' : undefined,
  );

export const entriesOnlyReexport: Rule = (files) =>
  files
    .filter(({ path }) => /(^|\/)index\.ts$/.test(path))
    .flatMap(({ path, statementKinds }) => {
      if (!entryFiles.has(path)) return [`${path}: only entry points are named index.ts`];
      return [...statementKinds]
        .filter((kind) => kind !== 'reexport')
        .map((kind) => `${path}: holds ${kind}`);
    });

export const onlyTheTableKnowsEveryPlugin: Rule = (files) => {
  const plugins = files.map(({ path }) => path).filter((path) => plugin.test(path));
  const table = files.find(({ path }) => path === pluginTable);
  const known = new Set(table?.imports.map(({ target }) => target));
  const unknown = table ? plugins.filter((path) => !known.has(path)) : [];
  const greedy = withoutEntries(files).filter(
    ({ path, imports }) => path !== pluginTable && countPlugins(imports) > maxPluginsElsewhere,
  );
  return [
    ...unknown.map((path) => `${pluginTable}: does not know ${path}`),
    ...greedy.map(({ path, imports }) => `${path}: imports ${countPlugins(imports)} plug-ins`),
  ];
};

/** Another handler may be imported only to be extended, as Python's RotatingFileHandler extends FileHandler. */
export const handlersImportOnlyTheirParent: Rule = (files) =>
  violations(
    files.filter(({ path }) => plugin.test(path)),
    (file, { target, names, kind }) => {
      if (target === undefined || !plugin.test(target) || kind === 'type') return undefined;
      return names.some((name) => file.superclasses.includes(name))
        ? undefined
        : 'is a plug-in but not its parent';
    },
  );

export const frameworkStaysInItsFolders: Rule = (files) =>
  violations(withoutEntries(files), (file, { specifier }) => {
    if (!frameworkPackage.test(specifier)) return undefined;
    if (!frameworkFolders.has(folderOf(file.path))) return 'belongs in nest/ or testing/';
    return frameworkRoot.test(specifier) ? undefined : 'is not a package root';
  });

/** internal/ stands on Node alone; other folders on what the manifest declares, optional peers never statically. */
export function packagesAreDeclared(manifest: Manifest): Rule {
  const isOptional = (name: string) => manifest.peerDependenciesMeta?.[name]?.optional === true;
  const declared = new Set([
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]);
  return (files) =>
    violations(files, (file, { specifier, target, kind }) => {
      if (target !== undefined || specifier.startsWith('node:')) return undefined;
      const name = packageName(specifier);
      if (folderOf(file.path) === 'internal') return 'is a package, in internal/';
      if (!declared.has(name)) return 'is not declared in package.json';
      return isOptional(name) && kind === 'static' ? 'is optional but imported statically' : undefined;
    });
}

/** What package.json says of other packages. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Imports that vanish at run time make no cycle. */
export const noImportCycles: Rule = (files) => {
  const graph = runtimeGraph(files);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
};

export const coreStandsWithoutTheFramework: Rule = (files) => {
  const graph = runtimeGraph(files);
  const reached = new Set<string>(['core/index.ts']);
  for (const path of reached) for (const target of graph.get(path) ?? []) reached.add(target);
  return violations(
    files.filter(({ path }) => reached.has(path)),
    (_file, { specifier, kind }) =>
      frameworkPackage.test(specifier) && kind === 'static' ? 'is loaded by ./core' : undefined,
  );
};

export const importedFilesExist: Rule = (files) => {
  const paths = new Set(files.map(({ path }) => path));
  return violations(files, (_file, { target }) =>
    target === undefined || paths.has(target) ? undefined : 'does not exist under lib/',
  );
};

function violations(
  files: readonly SourceFile[],
  judge: (file: SourceFile, imported: SourceImport) => string | undefined,
): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((imported) => {
      const fault = judge(file, imported);
      return fault === undefined ? [] : [`${file.path}: '${imported.specifier}' ${fault}`];
    }),
  );
}

function withoutEntries(files: readonly SourceFile[]): SourceFile[] {
  return files.filter(({ path }) => !entryFiles.has(path));
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '.';
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function countPlugins(imports: readonly SourceImport[]): number {
  return new Set(imports.map(({ target }) => target).filter((target) => target && plugin.test(target))).size;
}

function runtimeGraph(files: readonly SourceFile[]): Map<string, string[]> {
  return new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap(({ target, kind }) => (target !== undefined && kind === 'static' ? [target] : [])),
    ]),
  );
}
