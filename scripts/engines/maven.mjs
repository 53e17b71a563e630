/** Engines whose jars Maven has: `<folder>/lib`, and in `<folder>/classes` what is compiled against them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { folderOf, installInto, isInstalled, isOnPath, run } from './installation.mjs';

const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** @param sources A folder with a `pom.xml`, which names the jars, and Java files. */
export function mavenJars(purpose, sources) {
  const files = readdirSync(sources)
    .filter((file) => /\.(java|xml)$/.test(file))
    .sort();
  const recipe = [plugin, ...files.map((file) => [file, readFileSync(path.join(sources, file), 'utf8')])];
  const javaFiles = files.filter((file) => file.endsWith('.java')).map((file) => path.join(sources, file));
  return {
    purpose,
    tool: 'mvn',
    isThere: (name) => isInstalled(name, recipe),
    source: (name) =>
      `mvn copy-dependencies of ${path.relative(process.cwd(), sources)}/pom.xml into ${path.relative(process.cwd(), folderOf(name))}`,
    obstacle() {
      const missing = ['mvn', 'javac'].filter((program) => !isOnPath(program));
      return missing.length > 0 ? `there is no ${missing.join(' and no ')}` : undefined;
    },
    install: (name) => installInto(name, recipe, (folder) => fill(folder, sources, javaFiles)),
  };
}

async function fill(folder, sources, javaFiles) {
  const lib = path.join(folder, 'lib');
  await run('mvn', [
    ...['--batch-mode', '--quiet', '--file', path.join(sources, 'pom.xml'), `${plugin}:copy-dependencies`],
    ...[`-DoutputDirectory=${lib}`, '-DincludeScope=runtime', '-Dmaven.artifact.threads=16'],
  ]);
  if (javaFiles.length > 0)
    await run('javac', ['-cp', `${lib}/*`, '-d', path.join(folder, 'classes'), '-proc:none', ...javaFiles]);
}
