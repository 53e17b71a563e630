import { join } from 'node:path';
import ts from 'typescript';
import { repository } from './markdown.js';

const entries = [
  ['nestjs-logging/core', 'lib/core.ts'],
  ['nestjs-logging', 'lib/index.ts'],
  ['nestjs-logging/handlers', 'lib/handlers.ts'],
  ['nestjs-logging/testing', 'lib/testing.ts'],
  ['nestjs-logging/live', 'lib/live.ts'],
] as const;

/** Every exported name with the first sentence of its doc comment, entry point by entry point, as Markdown. */
export function apiReference(): string {
  const files = entries.map(([, file]) => join(repository, file));
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    noResolve: false,
    skipLibCheck: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const told = new Set<string>();
  return entries
    .map(([name, file]) => entrySection(name, join(repository, file), program, checker, told))
    .join('\n');
}

function entrySection(
  name: string,
  file: string,
  program: ts.Program,
  checker: ts.TypeChecker,
  told: Set<string>,
): string {
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile) as ts.Symbol;
  const symbols = checker
    .getExportsOfModule(module)
    .map((symbol) => ({ name: symbol.name, target: resolve(symbol, checker) }))
    // What an entry passes on is described where it comes from.
    .filter(({ name: own, target }) => !told.has(identity(own, target)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name: own, target } of symbols) told.add(identity(own, target));
  const tables = kinds.map(([title, flags]) => {
    const own = symbols.filter(({ target }) => (target.flags & flags) !== 0);
    const rows = own.map(({ name: exported, target }) => row(exported, target, checker));
    return rows.length === 0 ? '' : `${title}:\n\n| | |\n| --- | --- |\n${rows.join('')}\n`;
  });
  const types = symbols
    .filter(({ target }) => (target.flags & values) === 0)
    .map(({ name: own }) => `\`${own}\``);
  return `## ${name}\n\n${tables.join('')}Types: ${types.join(', ')}.\n`;
}

const kinds = [
  ['Functions and constants', ts.SymbolFlags.Function | ts.SymbolFlags.Variable],
  ['Classes', ts.SymbolFlags.Class],
] as const;
const values = ts.SymbolFlags.Function | ts.SymbolFlags.Variable | ts.SymbolFlags.Class;

function identity(name: string, target: ts.Symbol): string {
  return `${name} ${target.declarations?.[0]?.getSourceFile().fileName ?? ''}`;
}

function resolve(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

function row(name: string, symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const methods = (symbol.flags & ts.SymbolFlags.Class) === 0 ? [] : methodsOf(symbol, checker);
  const list = methods.length === 0 ? '' : ` Methods: ${methods.map((method) => `\`${method}\``).join(' ')}.`;
  const url = pythonSection(symbol, checker);
  const shown = url === undefined ? `\`${name}\`` : `[\`${name}\`](${url})`;
  return `| ${shown} | ${summary(symbol, checker).replaceAll('|', '\\|')}${list} |\n`;
}

/** Public methods that the class itself declares. */
function methodsOf(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const declaration = symbol.valueDeclaration;
  if (declaration === undefined || !ts.isClassDeclaration(declaration)) return [];
  const methods = declaration.members
    .filter((member) => ts.isMethodDeclaration(member) && ts.isIdentifier(member.name))
    .filter((member) => (ts.getCombinedModifierFlags(member) & hidden) === 0)
    .filter((member) => !isInternal(checker.getSymbolAtLocation(member.name as ts.Identifier), checker))
    .map((member) => (member.name as ts.Identifier).text);
  return [...new Set(methods)];
}

const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

function isInternal(symbol: ts.Symbol | undefined, checker: ts.TypeChecker): boolean {
  return symbol?.getJsDocTags(checker).some(({ name }) => name === 'internal') ?? false;
}

/** The first sentence of the doc comment. */
function summary(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const [paragraph = ''] = ts.displayPartsToString(symbol.getDocumentationComment(checker)).split('\n\n', 1);
  const text = paragraph.replaceAll('\n', ' ').replaceAll(/\{@link (?:\w+\.)?(\w+) *\}/g, '`$1`');
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

/** The section of Python's documentation that the doc comment names. */
function pythonSection(symbol: ts.Symbol, checker: ts.TypeChecker): string | undefined {
  const see = symbol.getJsDocTags(checker).find(({ name }) => name === 'see');
  return /https:\/\/docs\.python\.org\/\S+/.exec(ts.displayPartsToString(see?.text))?.[0];
}
