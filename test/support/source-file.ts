import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Module, parseSync } from '@swc/core';
import { globSync } from './glob.js';

/** One import, re-export, `import()` call, `import('…')` type or `new URL('./….js', …)` of a source file. */
export interface SourceImport {
  /** As written: './level.js', 'node:fs', '@nestjs/common'. */
  readonly specifier: string;
  /** The file under lib/ that a relative specifier names: 'core/levels.ts'; undefined for packages. */
  readonly target: string | undefined;
  readonly kind: 'static' | 'dynamic' | 'type';
  /** The local names it binds. */
  readonly names: readonly string[];
}

/** What the architecture tests know of one TypeScript file. */
export interface SourceFile {
  /** Relative to lib/, with forward slashes: 'handlers/stream.handler.ts'. */
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly SourceImport[];
  /** Exported names declared in this file, and whether a doc comment stands before any of their declarations. */
  readonly exports: ReadonlyMap<string, { documented: boolean }>;
  /** Names that classes of this file extend. */
  readonly superclasses: readonly string[];
  /** Member accesses on plain names, such as 'process.exit' and 'console.log'. */
  readonly memberAccesses: ReadonlySet<string>;
  /** Methods of plain names that are called when the file is loaded, not in a function: 'v.strictObject'. */
  readonly callsAtImport: ReadonlySet<string>;
  /** Regular expressions, written as such. */
  readonly patterns: ReadonlySet<string>;
  /** Kinds of top-level statements: 'import', 'reexport', 'declaration', 'variable', 'mutable', 'brand', 'work'. */
  readonly statementKinds: ReadonlySet<string>;
}

type Node = Record<string, unknown> & { type: string; span: { start: number; end: number } };

const libFolder: string = fileURLToPath(new URL('../../lib/', import.meta.url));

/** Reads every source file of lib/. */
export function readLibrary(): SourceFile[] {
  return globSync(libFolder, '.ts').map((path) =>
    parseSource(path, readFileSync(join(libFolder, path), 'utf8')),
  );
}

/** Reads one source text as if it stood at `path` under lib/. */
export function parseSource(path: string, text: string): SourceFile {
  const module = parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2023' });
  const found = new Findings(path, Buffer.from(text));
  found.visitBody(module);
  return {
    path,
    lineCount: text.trimEnd().split('\n').length,
    imports: found.imports,
    exports: found.exports(),
    superclasses: found.superclasses,
    memberAccesses: found.memberAccesses,
    callsAtImport: found.callsAtImport,
    patterns: found.patterns,
    statementKinds: found.statementKinds,
  };
}

class Findings {
  readonly imports: SourceImport[] = [];
  readonly superclasses: string[] = [];
  readonly memberAccesses = new Set<string>();
  readonly callsAtImport = new Set<string>();
  readonly patterns = new Set<string>();
  readonly statementKinds = new Set<string>();
  private functionDepth = 0;
  private readonly documented = new Map<string, boolean>();
  private readonly exported = new Set<string>();

  constructor(
    private readonly path: string,
    private readonly bytes: Buffer,
  ) {}

  visitBody(module: Module): void {
    for (const statement of module.body as unknown as Node[]) {
      this.visitStatement(statement);
      this.walk(statement);
    }
  }

  exports(): Map<string, { documented: boolean }> {
    return new Map(
      [...this.exported].map((name) => [name, { documented: this.documented.get(name) ?? false }]),
    );
  }

  private visitStatement(statement: Node): void {
    switch (statement.type) {
      case 'ImportDeclaration':
        this.statementKinds.add('import');
        this.addImport(statement, statement.typeOnly ? 'type' : 'static', boundNames(statement));
        break;
      case 'ExportAllDeclaration':
        this.statementKinds.add('reexport');
        this.addImport(statement, 'static', []);
        break;
      case 'ExportNamedDeclaration':
        this.visitExportList(statement);
        break;
      case 'ExportDeclaration':
        this.declare(statement.declaration as Node, statement, true);
        break;
      case 'ExportDefaultDeclaration':
        this.declare(statement.decl as Node, statement, true);
        break;
      default:
        this.declare(statement, statement, false);
    }
  }

  private visitExportList(statement: Node): void {
    if (statement.source) {
      this.statementKinds.add('reexport');
      this.addImport(statement, statement.typeOnly ? 'type' : 'static', []);
      return;
    }
    for (const { orig } of statement.specifiers as { orig: { value: string } }[])
      this.exported.add(orig.value);
  }

  private declare(declaration: Node, statement: Node, isExported: boolean): void {
    this.statementKinds.add(statementKind(declaration));
    const isDocumented = this.hasDocComment(statement, declaration);
    for (const name of declaredNames(declaration)) {
      this.documented.set(name, isDocumented || (this.documented.get(name) ?? false));
      if (isExported) this.exported.add(name);
    }
  }

  /** A doc comment counts when nothing but white space stands between it and the statement. */
  private hasDocComment(statement: Node, declaration: Node): boolean {
    const decorators = (declaration.decorators ?? []) as Node[];
    const start = Math.min(statement.span.start, ...decorators.map((decorator) => decorator.span.start));
    const before = this.bytes
      .subarray(0, start - 1)
      .toString()
      .trimEnd();
    return before.endsWith('*/') && before.startsWith('/**', before.lastIndexOf('/*'));
  }

  private addImport(node: Node, kind: SourceImport['kind'], names: readonly string[]): void {
    const specifier = (node.source as { value: string }).value;
    this.imports.push({ specifier, target: resolveTarget(this.path, specifier), kind, names });
  }

  private walk(node: unknown): void {
    if (Array.isArray(node)) {
      for (const child of node) this.walk(child);
    } else if (isNode(node)) {
      this.visitNode(node);
      const isLater = runsLater(node);
      if (isLater) this.functionDepth += 1;
      for (const child of Object.values(node)) this.walk(child);
      if (isLater) this.functionDepth -= 1;
    } else if (typeof node === 'object' && node !== null) {
      for (const child of Object.values(node)) this.walk(child);
    }
  }

  /** `new URL('./program.js', import.meta.url)` names a file as an import does. */
  private visitAddress(node: Node): void {
    if (lastName(node.callee as Node) !== 'URL') return;
    const [address, base] = (node.arguments ?? []) as { expression: Node }[];
    if (address?.expression.type !== 'StringLiteral' || base === undefined) return;
    const { value } = address.expression as unknown as { value: string };
    if (/^\..*\.js$/.test(value)) this.addImport({ ...node, source: address.expression }, 'dynamic', []);
  }

  private visitNode(node: Node): void {
    if (node.type === 'TsImportType') {
      this.addImport({ ...node, source: node.argument }, 'type', []);
    } else if (node.type === 'CallExpression' && (node.callee as Node).type === 'Import') {
      const [argument] = node.arguments as { expression: Node }[];
      if (argument?.expression.type === 'StringLiteral') {
        this.addImport({ ...node, source: argument.expression }, 'dynamic', []);
      }
    } else if (node.type === 'NewExpression') {
      this.visitAddress(node);
    } else if (node.type === 'CallExpression' && this.functionDepth === 0) {
      const access = memberAccess(node.callee as Node);
      if (access) this.callsAtImport.add(access);
    } else if (node.type === 'RegExpLiteral') {
      this.patterns.add(node.pattern as string);
    } else if (node.type === 'MemberExpression') {
      const access = memberAccess(node);
      if (access) this.memberAccesses.add(access);
    } else if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
      const name = node.superClass ? lastName(node.superClass as Node) : undefined;
      if (name) this.superclasses.push(name);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'span' in value;
}

/** Functions, methods, and fields of instances. */
function runsLater({ type, isStatic }: Node): boolean {
  if (type === 'ClassProperty' || type === 'PrivateProperty') return isStatic !== true;
  return /^(Function(Declaration|Expression)|ArrowFunctionExpression|Constructor|(Class|Private)Method|(Method|Getter|Setter)Property)$/.test(
    type,
  );
}

function boundNames(statement: Node): string[] {
  return (statement.specifiers as { local: { value: string } }[]).map(({ local }) => local.value);
}

function declaredNames(declaration: Node): string[] {
  if (declaration.type === 'VariableDeclaration') {
    return (declaration.declarations as { id: { value?: string } }[]).flatMap(({ id }) => id.value ?? []);
  }
  const id = (declaration.id ?? declaration.identifier) as { value?: string } | null | undefined;
  return id?.value === undefined ? [] : [id.value];
}

function statementKind(statement: Node): string {
  if (statement.type === 'VariableDeclaration') return statement.kind === 'const' ? 'variable' : 'mutable';
  if (/Declaration$|^ClassExpression$|^FunctionExpression$/.test(statement.type)) return 'declaration';
  if (statement.type === 'EmptyStatement') return 'empty';
  return isCallOf('brand', statement) ? 'brand' : 'work';
}

/** `brand(Handler.prototype, …)` completes the class above it and touches nothing else. */
function isCallOf(name: string, { type, expression }: Node): boolean {
  if (type !== 'ExpressionStatement' || !isNode(expression) || expression.type !== 'CallExpression')
    return false;
  const callee = expression.callee as Node;
  return callee.type === 'Identifier' && callee.value === name;
}

/** `x.a.b` gives 'a.b', `a` nothing. */
function memberAccess(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const object = lastName(node.object as Node);
  const property = lastName(node.property as Node);
  return object && property ? `${object}.${property}` : undefined;
}

/** `a` gives 'a', `x.a` gives 'a', anything else nothing. */
function lastName(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.value as string;
  return node.type === 'MemberExpression' ? lastName(node.property as Node) : undefined;
}

function resolveTarget(importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(dirname(importer), specifier).replace(/\.js$/, '.ts');
}
