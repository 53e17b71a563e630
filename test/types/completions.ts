import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { declarationPaths } from '../support/declarations.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const file = join(repository, 'test/types/completed.ts');
let text = '';
let version = 0;
let service: ts.LanguageService | undefined;

/** What an editor offers at the `|` of a program. */
export function completions(program: string): string[] {
  const position = program.indexOf('|');
  text = program.replace('|', '');
  version += 1;
  service ??= ts.createLanguageService(host());
  return (service.getCompletionsAtPosition(file, position, {})?.entries ?? [])
    .filter(({ kind }) => kind !== ts.ScriptElementKind.warning)
    .map(({ name }) => name);
}

function host(): ts.LanguageServiceHost {
  const { config } = ts.readConfigFile(join(repository, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    ts.sys,
    repository,
  );
  const settings = { ...options, paths: declarationPaths() };
  return {
    getCompilationSettings: () => settings,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : '0'),
    getScriptSnapshot: (name) => {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => repository,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
}
