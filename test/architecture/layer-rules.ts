import type { SourceFile, SourceImport } from '../support/source-file.js';

/** The folders of lib/ from the bottom up. A folder may import those of lower levels only. */
export const levels: Readonly<Record<string, number>> = {
  runtime: 0,
  python: 1,
  redaction: 1,
  core: 2,
  context: 3,
  filters: 3,
  formatters: 3,
  // Destinations write records in the shapes that formatters have.
  handlers: 4,
  config: 5,
  nest: 6,
  testing: 7,
  cli: 7,
  live: 7,
};

/** Folders of one level that may import each other: a text of Python's has its secrets taken out, and the reverse. */
const siblings: ReadonlySet<string> = new Set(['python', 'redaction']);

/** The files users import. They hold re-exports and nothing else. */
export const entryFiles: ReadonlySet<string> = new Set([
  'index.ts',
  'core.ts',
  'handlers.ts',
  'testing.ts',
  'live.ts',
]);

/** What a thread or process runs: nobody imports it, and it does something when it is loaded. */
export const programFiles: ReadonlySet<string> = new Set(['worker.ts']);

/** The file that reads the lists of components; they are nobody else's but the entry points'. */
export const registryFile = 'config/components/builtin-components.ts';

/** Rooms that know nothing of each other, though they are on one level. */
const roomsApart: readonly (readonly [string, string])[] = [['nest/requests/', 'nest/messages/']];

/** Who may import what is in a room, apart from the room itself. */
const rareGuests: Readonly<Record<string, readonly string[]>> = {
  // Off unless asked for: the options name its types, and the list of instrumentations has it.
  'nest/tuning/': ['nest/requests/http-log-options.ts', 'nest/module/instrumentations.ts'],
};

/** How many plug-ins any other file outside its own folder may import (basicConfig needs two). */
export const maxPluginsElsewhere = 3;

/** Where the framework may be imported. */
export const frameworkFolders: ReadonlySet<string> = new Set(['nest', 'testing', 'live']);

/** Packages that the build makes part of the bundles, so that users do not install them. */
export const bundledPackages: ReadonlySet<string> = new Set(['fastest-levenshtein', 'preact']);

const frameworkPackage = /^(@nestjs\/|rxjs($|\/)|reflect-metadata($|\/))/;
const frameworkRoot = /^(@nestjs\/[^/]+|rxjs|reflect-metadata)$/;
const plugin = /^(handlers|formatters)\/(.+\/)?[^/]+\.(handler|formatter)\.ts$/;
const component = /^(handlers|formatters|filters|context)\/(.+\/)?[^/]+\.(handler|formatter|filter)\.ts$/;
/** The list of a room, or of all rooms of `handlers/`. */
const componentList = /^[^/]+\/([^/]+\/|local-)?components\.ts$/;

/** A rule takes the whole library and returns its violations as sentences, none when all is well. */
export type Rule = (files: readonly SourceFile[]) => string[];

export const importsPointDown: Rule = (files) =>
  violations(withoutEntries(files), (file, { target }) => {
    if (target === undefined || entryFiles.has(target) || programFiles.has(target)) return undefined;
    const [from, to] = [folderOf(file.path), folderOf(target)];
    if (from === to || (siblings.has(from) && siblings.has(to))) return undefined;
    const [level, targetLevel] = [levels[from], levels[to]];
    if (level === undefined || targetLevel === undefined) return 'is outside the layers';
    return targetLevel < level ? undefined : `points from level ${level} to level ${targetLevel}`;
  });

export const nobodyImportsAnEntry: Rule = (files) =>
  violations(withoutEntries(files), (_file, { target }) =>
    target !== undefined && isEntry(target) ? 'names an entry point' : undefined,
  );

export const entriesOnlyReexport: Rule = (files) =>
  files
    .filter(({ path }) => isEntry(path))
    .flatMap(({ path, statementKinds }) => {
      if (!entryFiles.has(path)) return [`${path}: only the entry point is named index.ts`];
      return [...statementKinds]
        .filter((kind) => kind !== 'reexport')
        .map((kind) => `${path}: holds ${kind}`);
    });

/** What configurations can name and the package exports is derived from the lists: what is in none is not there. */
export const everyComponentIsListed: Rule = (files) => {
  const known = new Map(
    files.map(({ path, imports }) => [path, new Set(imports.map(({ target }) => target))]),
  );
  return files.flatMap(({ path }) => {
    const list = listOf(path);
    const listed =
      list === undefined
        ? []
        : [known.get(list), known.get(list.replace('/components', '/local-components'))];
    return list === undefined || listed.some((targets) => targets?.has(path))
      ? []
      : [`${list}: does not list ${path}`];
  });
};

export const listsOnlyReexport: Rule = (files) =>
  files
    .filter(({ path }) => componentList.test(path))
    .flatMap(({ path, statementKinds }) =>
      [...statementKinds].filter((kind) => kind !== 'reexport').map((kind) => `${path}: holds ${kind}`),
    );

export const onlyTheListsKnowEveryPlugin: Rule = (files) =>
  withoutEntries(files)
    .filter(({ path }) => !componentList.test(path) && path !== registryFile)
    .flatMap(({ path, imports }) => [
      ...imports
        .filter(({ target }) => target !== undefined && componentList.test(target))
        .map(({ specifier }) => `${path}: '${specifier}' is a list of components`),
      ...(countPlugins(imports) > maxPluginsElsewhere
        ? [`${path}: imports ${countPlugins(imports)} plug-ins`]
        : []),
    ]);

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
    if (!frameworkFolders.has(folderOf(file.path))) return 'belongs in nest/, testing/ or live/';
    return frameworkRoot.test(specifier) ? undefined : 'is not a package root';
  });

/** runtime/, python/ and redaction/ stand on Node alone; other folders on what the manifest declares, optional peers never statically. */
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
      if ((levels[folderOf(file.path)] ?? 0) < 2) return 'is a package, below core/';
      if (bundledPackages.has(name)) return undefined;
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

/** Types included: whoever reads a file of a circle has to read them all. */
export const noImportCycles: Rule = (files) => {
  const graph = importGraph(files);
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
  const reached = new Set<string>(['core.ts']);
  for (const path of reached) for (const target of graph.get(path) ?? []) reached.add(target);
  return violations(
    files.filter(({ path }) => reached.has(path)),
    (_file, { specifier, kind }) =>
      frameworkPackage.test(specifier) && kind === 'static' ? 'is loaded by ./core' : undefined,
  );
};

export const roomsStayApart: Rule = (files) =>
  violations(files, (file, { target }) => {
    if (target === undefined || entryFiles.has(file.path)) return undefined;
    for (const [one, other] of roomsApart) {
      if (file.path.startsWith(one) && target.startsWith(other)) return `is of ${other}`;
      if (file.path.startsWith(other) && target.startsWith(one)) return `is of ${one}`;
    }
    for (const [room, guests] of Object.entries(rareGuests)) {
      if (!target.startsWith(room) || file.path.startsWith(room) || guests.includes(file.path)) continue;
      return `is of ${room}, which few may know`;
    }
    return undefined;
  });

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
      const issue = judge(file, imported);
      return issue === undefined ? [] : [`${file.path}: '${imported.specifier}' ${issue}`];
    }),
  );
}

function withoutEntries(files: readonly SourceFile[]): SourceFile[] {
  return files.filter(({ path }) => !entryFiles.has(path) && !programFiles.has(path));
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '.';
}

/** The most files a room may have: with more of them a newcomer searches. */
export const maxFilesInRoom = 20;

/** Rooms are divided before they are full. */
export const roomsStaySmall: Rule = (files) => {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const room = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
    counts.set(room, (counts.get(room) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > maxFilesInRoom)
    .map(([room, count]) => `${room}: ${count} files, ${maxFilesInRoom} allowed`);
};

function isEntry(path: string): boolean {
  return entryFiles.has(path) || /(^|\/)index\.ts$/.test(path);
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The list that a file has to stand in; `undefined` for what is neither a component nor the list of a room. */
function listOf(path: string): string | undefined {
  const isRoomList = /^handlers\/[^/]+\/components\.ts$/.test(path);
  if (!isRoomList && !component.test(path)) return undefined;
  const [folder, room, ...rest] = path.split('/');
  return folder === 'handlers' && rest.length > 0 && !isRoomList
    ? `${folder}/${room}/components.ts`
    : `${folder}/components.ts`;
}

function countPlugins(imports: readonly SourceImport[]): number {
  return new Set(imports.map(({ target }) => target).filter((target) => target && plugin.test(target))).size;
}

function importGraph(files: readonly SourceFile[]): Map<string, string[]> {
  return new Map(
    files
      .filter(({ path }) => !programFiles.has(path))
      .map(({ path, imports }) => [path, imports.flatMap(({ target }) => target ?? [])]),
  );
}

function runtimeGraph(files: readonly SourceFile[]): Map<string, string[]> {
  return new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap(({ target, kind }) => (target !== undefined && kind === 'static' ? [target] : [])),
    ]),
  );
}
