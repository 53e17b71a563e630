import type ts from 'typescript';
import type { Code, Literal } from '../literal-text.js';
import type { SourceUnit } from '../source-unit.js';
import { literalValue, type OptionReader } from './option-reader.js';

/** The package of the transport. */
export const DAILY_FILE = 'winston-daily-rotate-file';

/** What a `datePattern` makes of `when`. */
const WHEN: Readonly<Record<string, string>> = {
  'YYYY-MM-DD': 'midnight',
  'YYYY-MM-DD-HH': 'H',
  'YYYY-MM-DD-HH-mm': 'M',
};

/** The current file, `app.log` for `app-%DATE%.log`, and how those of the past are rolled over. */
export function readDailyFile(
  unit: SourceUnit,
  reader: OptionReader,
  notes: string[],
): { readonly filename: string; readonly handler: Readonly<Record<string, Literal | Code | undefined>> } {
  const value = (name: string) => {
    const given = reader.take(name);
    return given && (literalValue(unit, given) ?? reader.refuse(name));
  };
  const [pattern = 'YYYY-MM-DD', maxSize, maxFiles, compress, utc] = [
    ...['datePattern', 'maxSize', 'maxFiles', 'zippedArchive', 'utc'],
  ].map(value);
  const filename = readName(unit, reader);
  // Files are found by their names, and the current one always has the same.
  for (const name of ['auditFile', 'createSymlink', 'symlinkName', 'frequency']) reader.take(name);
  const when = WHEN[String(pattern)];
  if (when === undefined)
    reader.refuse('datePattern', '`when` and `interval` say when a file is rolled over');
  const maxBytes = bytesIn(maxSize);
  if (maxSize !== undefined && maxBytes === undefined) reader.refuse('maxSize');
  notes.push(
    `the current file of DailyRotateFile is ${filename} now, and the date is behind the name of those rolled over`,
  );
  return {
    filename,
    handler: {
      ...{ class: 'TimedRotatingFileHandler', filename, when },
      ...(filename.includes('/') ? { makeDirs: true } : {}),
      maxBytes,
      ...keeping(maxFiles),
      compress,
      utc,
    },
  };
}

/** `logs/app.log` of `dirname: 'logs', filename: 'app-%DATE%.log'`. */
function readName(unit: SourceUnit, reader: OptionReader): string {
  const [folder, name, extension] = ['dirname', 'filename', 'extension'].map((key) => {
    const given: ts.Expression | undefined = reader.take(key);
    const value = given && literalValue(unit, given);
    if (given !== undefined && typeof value !== 'string') reader.refuse(key);
    return typeof value === 'string' ? value : undefined;
  });
  // Theirs is called winston.log.<date> without a name.
  const base = (name ?? 'winston.log').replace(/[-_.]?%DATE%|%DATE%[-_.]?/g, '') + (extension ?? '');
  const plain = /(^|\/)(\.\w+)?$/.test(base) ? base.replace(/(\.\w+)?$/, 'app$1') : base;
  return folder === undefined ? plain : `${folder.replace(/\/$/, '')}/${plain}`;
}

/** `14` files, the current one among them, or those of `'14d'`; all without it. */
function keeping(maxFiles: string | number | boolean | undefined): Record<string, Literal> {
  if (typeof maxFiles === 'string' && /^\d+d$/.test(maxFiles)) return { maxAge: maxFiles };
  const count = Number(maxFiles);
  return maxFiles === undefined || !Number.isInteger(count) ? {} : { backupCount: Math.max(1, count - 1) };
}

function bytesIn(size: string | number | boolean | undefined): number | undefined {
  const found = /^(\d+)([kmg]?)b?$/i.exec(String(size));
  if (found === null) return undefined;
  const [, count, unit = ''] = found;
  return Number(count) * 1024 ** (unit === '' ? 0 : 'kmg'.indexOf(unit.toLowerCase()) + 1);
}
