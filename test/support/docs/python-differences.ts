import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from '../glob.js';
import { repository } from './markdown.js';

const marker = 'Differs from Python:';

/** What readers call the subject of a file of helpers; elsewhere it is the name of the class or function. */
const subjects: Readonly<Record<string, string>> = {
  'handlers/wire/record-dict.ts': 'a record as a dictionary (`SocketHandler`, `HTTPHandler`)',
  'handlers/file/rotation/rollover-schedule.ts': '`TimedRotatingFileHandler`',
  'python/printf/printf.ts': '`%` formats',
  'python/json/python-json.ts': '`PythonJsonFormatter`',
  'python/python-text.ts': '`%s` of values',
  'python/str-format/str-format.ts': '`{` formats',
  'python/string-template.ts': '`$` formats',
  'nest/lifecycle/application-config.ts': '`LoggingModule`',
};

/** Every 'Differs from Python:' of the doc comments, as a Markdown table. */
export function differencesTable(): string {
  const lib = join(repository, 'lib');
  const rows = globSync(lib, '.ts').flatMap((path) =>
    differencesIn(path, readFileSync(join(lib, path), 'utf8')),
  );
  const cells = rows.map(({ subject, text }) => `| ${subject} | ${text.replaceAll('|', '\\|')} |\n`);
  return `| | differs from Python |\n| --- | --- |\n${cells.join('')}`;
}

/** How many there are; each must have become a row. */
export function countDifferences(): number {
  const lib = join(repository, 'lib');
  return globSync(lib, '.ts').reduce(
    (count, path) => count + readFileSync(join(lib, path), 'utf8').split(marker).length - 1,
    0,
  );
}

function differencesIn(path: string, source: string): { subject: string; text: string }[] {
  const rows: { subject: string; text: string }[] = [];
  let className = '';
  for (const [, comment = '', declaration = ''] of source.matchAll(/\/\*\*([\s\S]*?)\*\/\s*([^\n]*)/g)) {
    const [, ownClass] = /\bclass (\w+)/.exec(declaration) ?? [];
    className = ownClass ?? className;
    if (!comment.includes(marker)) continue;
    const name = ownClass ?? memberName(declaration, className);
    rows.push({ subject: subjects[path] ?? `\`${name}\``, text: differenceIn(comment) });
  }
  return rows;
}

function memberName(declaration: string, className: string): string {
  const [, functionName] = /\b(?:function|const) (\w+)/.exec(declaration) ?? [];
  const [, method = ''] = /(\w+)[(<:=]/.exec(declaration) ?? [];
  return functionName ?? `${className}.${method}`;
}

/** The paragraph that starts with the marker, as one line of Markdown. */
function differenceIn(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  const start = lines.findIndex((line) => line.includes(marker));
  const end = lines.findIndex((line, index) => index > start && (line === '' || line.startsWith('@')));
  const text = lines.slice(start, end < 0 ? undefined : end).join(' ');
  return text
    .slice(text.indexOf(marker) + marker.length)
    .replaceAll(/\{@link ([^}]+)\}/g, '`$1`')
    .trim();
}
