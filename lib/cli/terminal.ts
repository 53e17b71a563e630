import { paint, supportsColors, type TerminalStyle } from '../formatters/support/terminal-colors.js';

/** What a command reads from and writes to. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Environment variables. */
  readonly env: NodeJS.ProcessEnv;
}

/** Styles a text, or returns it unchanged where there are no colours. */
export type Painter = (text: string, style: TerminalStyle) => string;

/** Colours for what goes to a stream: on a terminal only, `NO_COLOR` and `FORCE_COLOR` permitting. */
export function painterFor(stream: 'stdout' | 'stderr', terminal: Terminal): Painter {
  return supportsColors(stream, terminal.env) ? paint : (text) => text;
}

/** The look of a level. */
export function levelStyle(levelno: number): TerminalStyle {
  if (levelno >= 50) return 'redBackground';
  if (levelno >= 40) return 'red';
  if (levelno >= 30) return 'yellow';
  return levelno >= 20 ? 'green' : 'blue';
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Writes a value as JSON, for other programs. */
export function writeJson(terminal: Terminal, value: unknown): void {
  terminal.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
