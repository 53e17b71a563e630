import { LoggingError } from '../../core/errors.js';
import { type ParsedText, walkDocument } from './config-document.js';
import type { ConfigIssue, Place } from './config-origin.js';
import { loadYaml, type YamlPeer, type YamlProblem } from './yaml-peer.js';

/** The most characters of a text that is read; a longer one is not a logging configuration. */
const MAX_LENGTH = 4 * 1024 * 1024;

/**
 * Reads YAML or JSON with the place of every key.
 *
 * YAML 1.2, with anchors, aliases and `<<`; no tags, no documents after the first.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` for YAML, if the package `yaml` is not installed; JSON is then
 * read without places.
 */
export async function parseConfigText(
  text: string,
  file: string,
  format: 'yaml' | 'json',
): Promise<ParsedText> {
  if (text.length > MAX_LENGTH) {
    return unread({ path: '', message: `longer than ${MAX_LENGTH} characters`, file, line: 1, column: 1 });
  }
  const content = text.replace(/^\uFEFF/, '');
  const syntax = format === 'json' ? jsonIssue(content) : undefined;
  let yaml: YamlPeer;
  try {
    yaml = await loadYaml();
  } catch (error) {
    const isMissing = error instanceof LoggingError && error.code === 'ERR_LOGGING_MISSING_PACKAGE';
    if (format !== 'json' || !isMissing) throw error;
    if (syntax !== undefined) return unread({ path: '', message: syntax, file });
    return { value: JSON.parse(content), issues: [], places: new Map(), quoted: new Set() };
  }
  const parsed = parse(yaml, content, file, format);
  if (syntax === undefined || parsed.issues.length > 0) return parsed;
  return { ...parsed, issues: [{ path: '', message: syntax, file, ...placeOf(content, syntax) }] };
}

function unread(issue: ConfigIssue): ParsedText {
  return { value: undefined, issues: [issue], places: new Map(), quoted: new Set() };
}

function parse(yaml: YamlPeer, text: string, file: string, format: 'yaml' | 'json'): ParsedText {
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    logLevel: 'error',
    // Reported below, with its path.
    uniqueKeys: false,
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const walked = walkDocument(yaml, document, placeAt, format);
  // What is never closed is reported where it was opened, not where the text ends.
  const placeOf = ({ pos: [offset] }: YamlProblem) => placeAt(walked.starts.get(offset) ?? offset);
  const problems = document.errors.map((problem) => ({
    path: '',
    message: describe(problem),
    ...placeOf(problem),
  }));
  return { ...walked, issues: [...firstOfEachLine(problems), ...walked.issues] };
}

/** One typo often makes the parser report a line twice. */
function firstOfEachLine<T extends Place>(problems: readonly T[]): T[] {
  const seen = new Set<number>();
  return problems.filter(({ line }) => !seen.has(line) && seen.add(line));
}

/** Where the parser's message does not say what to do. */
const MESSAGES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document; a configuration is one document, without a further ---',
  MULTILINE_IMPLICIT_KEY: 'expected key: value; is there a : after the key?',
  BLOCK_AS_IMPLICIT_KEY:
    'a key inside a value; is the line after it indented too deeply, or does a text with ": " need quotes?',
};

function describe(problem: YamlProblem): string {
  return MESSAGES[problem.code] ?? problem.message.replaceAll(/\s+/g, ' ');
}

function jsonIssue(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Node gives the place of a JSON error as an offset, if at all. */
function placeOf(text: string, message: string): { line: number; column: number } {
  const offset = Number(
    /at position (\d+)/.exec(message)?.[1] ?? (/end of JSON input/.test(message) ? text.length : 0),
  );
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}
