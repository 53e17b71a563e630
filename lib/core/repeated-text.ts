import type { LogRecord } from './log-record.js';

/** Names of loggers, and of levels for each, whose text is kept. */
const MAX_NAMES = 1_000;
const MAX_LEVELS = 50;
/** A longer name is not kept. */
const MAX_LENGTH = 256;

/**
 * Makes text that depends on nothing but the logger and the level of a record: of these a program has few, so it is
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
  // Asked for a character, the engine joins the pieces a text was put together from: once, not with each line.
  text.charCodeAt(0);
  levels.set(levelname, text);
}
