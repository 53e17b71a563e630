import { nodeModule } from '../../runtime/node-module.js';

/** Styles of text on a terminal: the codes that switch them on and off. */
export const TERMINAL_STYLES = {
  bold: ['\x1b[1m', '\x1b[22m'],
  dim: ['\x1b[2m', '\x1b[22m'],
  black: ['\x1b[30m', '\x1b[39m'],
  red: ['\x1b[31m', '\x1b[39m'],
  green: ['\x1b[32m', '\x1b[39m'],
  yellow: ['\x1b[33m', '\x1b[39m'],
  blue: ['\x1b[34m', '\x1b[39m'],
  magenta: ['\x1b[35m', '\x1b[39m'],
  cyan: ['\x1b[36m', '\x1b[39m'],
  white: ['\x1b[37m', '\x1b[39m'],
  redBright: ['\x1b[91m', '\x1b[39m'],
  gray: ['\x1b[90m', '\x1b[39m'],
  redBackground: ['\x1b[41m\x1b[97m', '\x1b[49m\x1b[39m'],
  none: ['', ''],
} as const;

/** Name of a style on a terminal. */
export type TerminalStyle = keyof typeof TERMINAL_STYLES;

/** The text in a style. */
export function paint(text: string, style: TerminalStyle): string {
  const [on, off] = TERMINAL_STYLES[style];
  return on + text + off;
}

/**
 * Whether output is coloured.
 *
 * `FORCE_COLOR` (except `0` and `false`) switches colours on, `NO_COLOR` switches them off; without either, a terminal
 * decides.
 *
 * @param stream The standard stream that is written to; where not known, both have to be terminals.
 * @param environment Variables to read; default those of the process.
 */
export function supportsColors(
  stream: 'stdout' | 'stderr' | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = environment;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no || term === 'dumb') return false;
  const { isatty } = nodeModule('node:tty');
  return (stream === 'stderr' || isatty(1)) && (stream === 'stdout' || isatty(2));
}
