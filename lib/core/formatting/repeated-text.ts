import type { LogRecord } from '../records/log-record.js';

/** How many names of loggers, and of levels for each, are cached. */
const MAX_NAMES = 1_000;
const MAX_LEVELS = 50;
/** Longer names are not cached. */
const MAX_LENGTH = 256;

/**
 * Makes text that depends only on the logger and the level of a record: a program has few of these, so it is
 * made once for each pair.
 *
 * @param make Makes the text.
 */
export function keepByLoggerAndLevel(make: (record: LogRecord) => string): (record: LogRecord) => string {
  const texts = new Map<string, Map<string, string>>();
  let lastName: unknown;
  let lastLevel: unknown;
  let lastText = '';

  const lookUp = (record: LogRecord): string => {
    const { name, levelname } = record;
    const known = texts.get(name)?.get(levelname);
    if (known !== undefined) return known;
    const text = make(record);
    // A filter may have set anything.
    if (typeof name !== 'string' || typeof levelname !== 'string') return text;
    if (name.length > MAX_LENGTH || levelname.length > MAX_LENGTH) return text;
    keep(texts, name, levelname, text);
    return text;
  };

  return (record) => {
    if (record.name === lastName && record.levelname === lastLevel) return lastText;
    lastText = lookUp(record);
    lastName = record.name;
    lastLevel = record.levelname;
    return lastText;
  };
}

function keep(texts: Map<string, Map<string, string>>, name: string, levelname: string, text: string): void {
  let levels = texts.get(name);
  if (levels === undefined) {
    if (texts.size >= MAX_NAMES) texts.clear();
    levels = new Map();
    texts.set(name, levels);
  }
  if (levels.size >= MAX_LEVELS) levels.clear();
  // Reading a character makes the engine join the pieces of the string: once, not with each line.
  text.charCodeAt(0);
  levels.set(levelname, text);
}
