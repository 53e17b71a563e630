import type ts from 'typescript';
import { contains, isDeclaredName, isReference, memberOf } from './identifiers.js';
import {
  bindsMore,
  type Imported,
  importsSomething,
  isOfFile,
  readImports,
  styleOf,
} from './read-imports.js';
import type { SourceUnit } from './source-unit.js';

/** The package that sources come to. */
const OURS = 'nestjs-logging';

/** What all of it is called where it is imported as a whole. */
const NAMESPACE = 'nestjsLogging';

/** What a source may need of this package. `Logger` is a decorator and a type, and each has a second name. */
export type OurName =
  | 'InjectLogger'
  | 'LoggerType'
  | 'LoggerAdapter'
  | 'LoggingModule'
  | 'NestLogger'
  | 'VERBOSE'
  | 'bindContext'
  | 'getLogger'
  | 'getLoggerToken';

/**
 * What a source imports from some packages, in any form: names with and without aliases, types, namespaces,
 * `import x = require()`, `const { x } = require()`.
 */
export class ImportedNames {
  readonly #imported: Imported[];
  readonly #wanted = new Set<OurName>();
  #locals: ReadonlyMap<OurName, string> | undefined;

  constructor(
    private readonly unit: SourceUnit,
    private readonly packages: readonly string[],
  ) {
    this.#imported = [...readImports(unit)];
  }

  /** Whether anything comes from a package. */
  has(name: string): boolean {
    return this.#imported.some((imported) => imported.package === name);
  }

  /** The name that an expression or a type has in its package; `undefined` if it is from none of them. */
  exportOf(node: ts.Node | undefined, from: string): string | undefined {
    const { ts } = this.unit;
    if (node === undefined) return undefined;
    if (ts.isTypeReferenceNode(node)) return this.exportOf(node.typeName, from);
    if (ts.isIdentifier(node)) {
      const found = this.#imported.find(({ local, package: name }) => local === node.text && name === from);
      return found?.exported === '*' ? undefined : found?.exported;
    }
    const member = memberOf(this.unit, node);
    if (member === undefined) return undefined;
    const isNamespace = this.#imported.some(
      ({ local, exported, package: name }) => exported === '*' && local === member.of && name === from,
    );
    return isNamespace ? member.name : undefined;
  }

  /** Where a name comes from; `undefined` if it is not imported. */
  originOf(local: string): { readonly package: string; readonly exported: string } | undefined {
    return this.#imported.find((imported) => imported.local === local && imported.exported !== '*');
  }

  /** Where names of a package still stand after all edits, imports aside. */
  remaining(from: string): { readonly node: ts.Node; readonly exported: string }[] {
    return this.#imported
      .filter((imported) => imported.package === from)
      .flatMap((imported) =>
        this.#references(imported)
          .filter((node) => !this.unit.isGone(node))
          .map((node) => ({ node, exported: this.#exportedBy(imported, node) })),
      );
  }

  /**
   * Where a package is named in a way that is not followed: passed on by `export … from`, imported where it is needed, mocked
   * in a test. The names that are passed on, if they are written out.
   */
  mentions(from: string): { readonly node: ts.Node; readonly exported: readonly string[] }[] {
    const { ts } = this.unit;
    const statements = new Set(this.#imported.map(({ statement }) => statement));
    return this.unit.below().flatMap((node) => {
      if (!ts.isStringLiteralLike(node) || node.text !== from || this.unit.isGone(node)) return [];
      if ([...statements].some((statement) => contains(statement, node))) return [];
      const { parent } = node;
      // For what it does when it is loaded.
      if (ts.isImportDeclaration(parent)) return [];
      const isPassedOn = ts.isExportDeclaration(parent);
      const isName = isPassedOn || ts.isCallExpression(parent) || ts.isLiteralTypeNode(parent);
      if (!isName && !ts.isExternalModuleReference(parent)) return [];
      const clause = isPassedOn ? parent.exportClause : undefined;
      const names = clause !== undefined && ts.isNamedExports(clause) ? clause.elements : [];
      return [{ node, exported: names.map((name) => (name.propertyName ?? name.name).text) }];
    });
  }

  /** Names that something else in the source has too, so that what they mean is not sure. */
  shadowed(): { readonly node: ts.Node; readonly name: string } | undefined {
    const names = new Set(
      this.#imported.filter(({ package: name }) => this.packages.includes(name)).map(({ local }) => local),
    );
    for (const node of this.unit.below()) {
      if (!this.unit.ts.isIdentifier(node) || !names.has(node.text)) continue;
      if (isDeclaredName(this.unit, node) && !this.#imported.some(({ element }) => contains(element, node)))
        return { node, name: node.text };
    }
    return undefined;
  }

  /** The name under which a source imports something of this package. Call it when all edits have been requested. */
  ours(name: OurName): () => string {
    this.#wanted.add(name);
    return () => {
      this.#locals ??= this.#chooseLocals();
      return this.#locals.get(name) as string;
    };
  }

  /** Takes out the imports that nothing uses any more, and adds those of this package. */
  finish(): void {
    const idle = this.#imported.filter((imported) => this.#hasBecomeIdle(imported));
    const statements = new Set(idle.map(({ statement }) => statement));
    let place: ts.Statement | undefined;
    for (const statement of statements) {
      const own = this.#imported.filter((imported) => imported.statement === statement);
      const gone = own.filter((imported) => idle.includes(imported));
      if (gone.length < own.length || bindsMore(this.unit, statement, own.length)) this.#shorten(gone);
      else if (place === undefined && this.#wanted.size > 0 && this.#ownImport() === undefined)
        place = statement;
      else this.unit.removeStatement(statement);
    }
    if (this.#wanted.size > 0) this.#addOurs(place);
  }

  #hasBecomeIdle(imported: Imported): boolean {
    // One of a file may be there for what the file does.
    if (imported.package === OURS || imported.package.startsWith('.')) return false;
    const references = this.#references(imported);
    return references.length > 0 && references.every((node) => this.unit.isGone(node));
  }

  #shorten(gone: readonly Imported[]): void {
    const { ts } = this.unit;
    const list = gone[0]?.element.parent;
    if (list === undefined || !(ts.isNamedImports(list) || ts.isObjectBindingPattern(list))) return;
    const elements: readonly ts.Node[] = list.elements;
    const goes = (node: ts.Node | undefined): boolean => gone.some(({ element }) => element === node);
    if (elements.every(goes)) {
      // A default import stays: `import main, { a } from 'package'`.
      const comma = this.unit.text.lastIndexOf(',', list.getStart(this.unit.source));
      this.unit.replace({ start: comma, end: list.end }, '');
      return;
    }
    for (let first = 0; first < elements.length; first += 1) {
      if (!goes(elements[first])) continue;
      let last = first;
      while (goes(elements[last + 1])) last += 1;
      const [from, to, next] = [elements[first], elements[last], elements[last + 1]] as [
        ts.Node,
        ts.Node,
        ts.Node?,
      ];
      const start = from.getStart(this.unit.source);
      if (next !== undefined) this.unit.replace({ start, end: next.getStart(this.unit.source) }, '');
      else this.unit.replace({ start: (elements[first - 1] as ts.Node).end, end: to.end }, '');
      first = last;
    }
  }

  /** In the place of an import that goes, or in one of ours that is there, or behind the last import. */
  #addOurs(place: ts.Statement | undefined): void {
    const { unit } = this;
    const existing = this.#ownImport();
    if (existing !== undefined) {
      const last = existing.elements.at(-1);
      const known = new Set(this.#imported.filter((name) => name.package === OURS).map(({ local }) => local));
      if (last === undefined) return;
      unit.insert(last.end, () => {
        const added = this.#specifiers().filter((text) => !known.has(text));
        return added.map((text) => `, ${text}`).join('');
      });
      return;
    }
    if (this.#ownNamespace() !== undefined) {
      if (place !== undefined) unit.removeStatement(place);
      return;
    }
    if (place !== undefined) {
      unit.replace(place, () => this.#statement());
      return;
    }
    // With the packages, before the files.
    const last =
      unit.source.statements.findLast(
        (statement) => importsSomething(unit, statement) && !isOfFile(unit, statement),
      ) ?? unit.source.statements.findLast((statement) => importsSomething(unit, statement));
    if (last !== undefined) unit.insert(last.end, () => `${unit.newline}${this.#statement()}`);
    else unit.insert(0, () => `${this.#statement()}${unit.newline}`);
  }

  #statement(): string {
    const { quote, semicolon } = this.unit;
    const from = `${quote}${OURS}${quote}`;
    const style = styleOf(this.unit);
    if (style === 'import-require') return `import ${NAMESPACE} = require(${from})${semicolon}`;
    const names = this.#specifiers().join(', ');
    return style === 'import'
      ? `import { ${names} } from ${from}${semicolon}`
      : `const { ${names.replaceAll(' as ', ': ')} } = require(${from})${semicolon}`;
  }

  /** `getLogger`, `getLogger as loggingGetLogger`. */
  #specifiers(): string[] {
    this.#locals ??= this.#chooseLocals();
    const texts = [...this.#locals].map(([name, local]) => {
      const exported = exportedName(name, local);
      return exported === local ? local : `${exported} as ${local}`;
    });
    return [...new Set(texts)].sort((a, b) => a.localeCompare(b, 'en'));
  }

  #chooseLocals(): Map<OurName, string> {
    const namespace =
      this.#ownNamespace() ?? (styleOf(this.unit) === 'import-require' ? NAMESPACE : undefined);
    if (namespace !== undefined && this.#ownImport() === undefined)
      return new Map([...this.#wanted].map((name) => [name, `${namespace}.${exportedName(name, '')}`]));
    const taken = this.#takenNames();
    const choose = (name: OurName): string => {
      const there = this.#imported.find(
        (imported) => imported.package === OURS && imported.exported === exportedName(name, ''),
      );
      if (there !== undefined) return there.local;
      if (name === 'InjectLogger') return taken.has('Logger') ? 'InjectLogger' : 'Logger';
      if (name === 'LoggerType') return taken.has('Logger') ? 'LoggerBase' : 'Logger';
      return taken.has(name) ? `logging${name[0]?.toUpperCase()}${name.slice(1)}` : name;
    };
    return new Map([...this.#wanted].sort().map((name) => [name, choose(name)]));
  }

  /** Names that mean something here, and will after the edits. */
  #takenNames(): Set<string> {
    const taken = new Set<string>();
    for (const node of this.unit.below()) {
      if (!this.unit.ts.isIdentifier(node) || !isDeclaredName(this.unit, node)) continue;
      const imported = this.#imported.find(({ element }) => contains(element, node));
      if (imported === undefined || !this.#hasBecomeIdle(imported)) taken.add(node.text);
    }
    return taken;
  }

  #ownImport(): { readonly elements: readonly ts.Node[] } | undefined {
    const { ts } = this.unit;
    for (const { package: name, element } of this.#imported) {
      const list = element.parent;
      if (name !== OURS || !(ts.isNamedImports(list) || ts.isObjectBindingPattern(list))) continue;
      if (ts.isNamedImports(list) && list.parent.isTypeOnly) continue;
      return list;
    }
    return undefined;
  }

  #ownNamespace(): string | undefined {
    return this.#imported.find((name) => name.package === OURS && name.exported === '*')?.local;
  }

  /** `Logger`, or `common.Logger`. */
  #references({ local, element, exported }: Imported): ts.Node[] {
    const found: ts.Node[] = [];
    for (const node of this.unit.below()) {
      if (!this.unit.ts.isIdentifier(node) || node.text !== local || contains(element, node)) continue;
      if (!isReference(this.unit, node)) continue;
      const isMember = exported === '*' && memberOf(this.unit, node.parent) !== undefined;
      found.push(isMember ? node.parent : node);
    }
    return found;
  }

  #exportedBy({ exported }: Imported, node: ts.Node): string {
    return exported === '*' ? (memberOf(this.unit, node)?.name ?? '*') : exported;
  }
}

function exportedName(name: OurName, local: string): string {
  if (name === 'InjectLogger') return local === 'InjectLogger' ? 'InjectLogger' : 'Logger';
  if (name === 'LoggerType') return local === 'LoggerBase' ? 'LoggerBase' : 'Logger';
  return name;
}
