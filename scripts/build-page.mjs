/**
 * Builds the page of nestjs-logging/live: one document with its script and styles in it, and the policy that lets
 * exactly these run. Nothing is loaded but what its own API gives.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { loadRolldown, projectPackages } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = path.join(root, 'lib/live/page');

/** @returns The document, and its Content-Security-Policy, made with the packages of a folder. */
export async function buildPage(packages) {
  const [template, styles, script] = await Promise.all([
    readFile(path.join(sources, 'page.html'), 'utf8'),
    readFile(path.join(sources, 'page.css'), 'utf8'),
    bundleScript(packages),
  ]);
  // A function: the text may hold what `replace` would take for a pattern.
  const html = template.replace('/*styles*/', () => withoutSpace(styles)).replace('/*script*/', () => script);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(withoutSpace(styles))}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return { html, policy };
}

/** Writes it where the sources look for it when they are run as they are. */
export async function writePage() {
  const page = await buildPage(projectPackages);
  const folder = path.join(root, 'dist/page');
  await mkdir(folder, { recursive: true });
  const draft = path.join(folder, `page.${process.pid}.json`);
  await writeFile(draft, JSON.stringify(page));
  await rename(draft, path.join(folder, 'page.json'));
  return page;
}

async function bundleScript(packages) {
  const { rolldown } = await loadRolldown(packages);
  const bundle = await rolldown({
    cwd: root,
    platform: 'browser',
    input: path.join(sources, 'main.tsx'),
    tsconfig: path.join(sources, 'tsconfig.json'),
    resolve: { extensionAlias: { '.js': ['.tsx', '.ts', '.js'] }, modules: [packages, 'node_modules'] },
    transform: { target: 'es2022' },
  });
  const { output } = await bundle.generate({
    format: 'esm',
    minify: true,
    codeSplitting: false,
    comments: { legal: false },
    charset: 'ascii',
  });
  await bundle.close();
  // The end of the element, were it in a text of the script.
  return output[0].code.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}

function withoutSpace(styles) {
  return styles.replaceAll(/\s*\n\s*/g, ' ').trim();
}

function hashOf(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { html } = await writePage();
  console.log(`dist/page built: ${html.length} characters`);
}
