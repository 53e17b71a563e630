import { StringDecoder } from 'node:string_decoder';
import { escapeControls } from '../core/sanitize.js';
import { parseJsonLine } from './json-line.js';
import { type LineFilterSettings, lineFilter } from './line-filter.js';
import { prettyLine } from './pretty-line.js';
import { painterFor, type Terminal } from './terminal.js';

/** Options of `pretty`. */
export interface PrettySettings extends LineFilterSettings {
  /** JSON lines that pass come as they are, and nothing else does. */
  readonly json?: boolean;
}

/** Characters of a line without an end before it is shown as it is. */
const MAX_LINE = 4 * 1024 * 1024;

/**
 * Shows JSON lines from standard input for people, as they come; other lines as they are, but for what could act on
 * the terminal.
 *
 * Ends with its input, or when nobody reads its output any more. An interrupt is left to the program whose lines it
 * shows: the last of them are often the ones that matter.
 */
export async function pretty(settings: PrettySettings, terminal: Terminal): Promise<number> {
  const shows = lineFilter(settings);
  const paint = painterFor('stdout', terminal);
  const toText = (text: string): string | undefined => {
    const line = parseJsonLine(text.trim());
    if (line === undefined) return settings.json ? undefined : escapeControls(text, true);
    if (!shows(line)) return undefined;
    return settings.json ? text : prettyLine(line, paint);
  };
  if (terminal.stdin.isTTY)
    terminal.stderr.write('reading standard input; pipe a log into this: | nestjs-logging pretty\n');
  const output = new Output(terminal.stdout);
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    for await (const lines of lineBatches(terminal.stdin)) {
      const texts = lines.map(toText).filter((text) => text !== undefined);
      if (texts.length > 0) await output.write(`${texts.join('\n')}\n`);
      if (output.isClosed) break;
    }
  } finally {
    process.off('SIGINT', ignore);
  }
  return 0;
}

/** The lines of a stream, as many together as there are. */
async function* lineBatches(stream: NodeJS.ReadableStream): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = lines.pop() as string;
    if (rest.length > MAX_LINE) {
      lines.push(rest);
      rest = '';
    }
    yield lines.map((line) => line.replace(/\r$/, ''));
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}

/** A stream that waits for its reader, and knows when there is none any more. */
class Output {
  isClosed = false;
  readonly #stream: NodeJS.WritableStream;
  #goOn: (() => void) | undefined;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
    // EPIPE: `| head` has seen enough.
    stream.on('error', () => {
      this.isClosed = true;
      this.#goOn?.();
    });
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = resolve;
      if (this.#stream.write(text)) resolve();
      else this.#stream.once('drain', resolve);
    });
  }
}
