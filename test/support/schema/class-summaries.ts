import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { globSync } from '../glob.js';

const lib = fileURLToPath(new URL('../../../lib/', import.meta.url));

/** The first sentence of each exported class's doc comment, by the class's name. */
export function classSummaries(): ReadonlyMap<string, string> {
  const summaries = new Map<string, string>();
  for (const path of globSync(lib, '.ts')) {
    const text = readFileSync(join(lib, path), 'utf8');
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
    for (const statement of source.statements) {
      if (ts.isClassDeclaration(statement) && statement.name) {
        summaries.set(statement.name.text, summary(statement));
      }
    }
  }
  return summaries;
}

function summary(declaration: ts.ClassDeclaration): string {
  const [doc] = ts.getJSDocCommentsAndTags(declaration);
  const comment = doc === undefined ? '' : (ts.getTextOfJSDocComment(doc.comment as string) ?? '');
  const [paragraph = ''] = comment.split('\n\n', 1);
  const text = paragraph.replaceAll('\n', ' ').replaceAll(/\{@link (?:\w+\.)?(\w+) *\}/g, '$1');
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}
