/** Engines that are built by Go: one program each. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { folderOf, installInto, isInstalled, isOnPath, run } from './installation.mjs';

// Quick to build: not optimised, which halves it, without debug information, and without C.
const build = {
  flags: ['-trimpath', '-gcflags=all=-N -l', '-ldflags=-s -w'],
  env: { CGO_ENABLED: '0' },
};

/** A program that its makers publish as a Go module: `<folder>/<last part of the package>`. */
export function goPackage(purpose, { package: name, version }) {
  return goProgram(purpose, `${name}@${version}`, { name, version }, (folder) =>
    run('go', ['install', ...build.flags, `${name}@${version}`], { env: { ...build.env, GOBIN: folder } }),
  );
}

/**
 * A program whose module replaces some that it needs, which `go install` refuses: it is built from a module that needs
 * it and replaces the same. What it replaces by folders of its own comes in the versions that it asks for.
 */
export function goPackageWithReplacements(purpose, { module, version, package: name }) {
  return goProgram(purpose, `${name}@${version}`, { name, version }, async (folder) => {
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', `${module}@${version}`]);
    const { Dir: sources } = JSON.parse(stdout);
    const needs = readFileSync(path.join(sources, 'go.mod'), 'utf8')
      .replace(/^module .*$/m, 'module built')
      .replace(/^replace .* => \.\/.*$/gm, '');
    const cwd = path.join(folder, 'module');
    mkdirSync(cwd);
    writeFileSync(path.join(cwd, 'go.mod'), `${needs}\nrequire ${module} ${version}\n`);
    writeFileSync(path.join(cwd, 'go.sum'), readFileSync(path.join(sources, 'go.sum')));
    await run(
      'go',
      ['build', '-mod=mod', ...build.flags, '-o', path.join(folder, path.basename(name)), name],
      {
        cwd,
        env: build.env,
      },
    );
  });
}

/** A program whose sources are in this repository: `<folder>/<name of the engine>`. */
export function goModule(purpose, sources) {
  const files = readdirSync(sources)
    .filter((file) => /\.(go|mod|sum)$/.test(file))
    .sort();
  const recipe = files.map((file) => [file, readFileSync(path.join(sources, file), 'utf8')]);
  const program = path.basename(sources);
  return goProgram(purpose, path.relative(process.cwd(), sources), recipe, (folder) =>
    run('go', ['build', '-mod=readonly', ...build.flags, '-o', path.join(folder, program), '.'], {
      cwd: sources,
      env: build.env,
    }),
  );
}

function goProgram(purpose, from, sources, fill) {
  const recipe = { build, sources };
  return {
    purpose,
    tool: 'go',
    isThere: (name) => isInstalled(name, recipe),
    source: (name) => `go build ${from} into ${path.relative(process.cwd(), folderOf(name))}`,
    obstacle: () => (isOnPath('go') ? undefined : 'there is no go'),
    install: (name) => installInto(name, recipe, fill),
  };
}
