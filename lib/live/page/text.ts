/** Text of records as it is shown: what a terminal or a reader would take for a command is made visible. */

// Control characters except tab and line feed; bidirectional and invisible characters.
const HIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text without anything hidden; ESC becomes ␛. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (mark) => {
    const code = mark.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x24_00 + code);
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}

/** A value of a record as text. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return visible(value);
  if (typeof value === 'object' && value !== null) return visible(JSON.stringify(value, null, 1));
  return String(value);
}

const two = (number: number): string => String(number).padStart(2, '0');

/** The time of day, with milliseconds. */
export function timeText(time: number): string {
  const date = new Date(time);
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}

/** How long, in two units at most: `14 min 05 s`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${two(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A duration in milliseconds, as precise as it is of interest. */
export function durationText(value: unknown): string {
  const milliseconds = Number(value);
  if (value === null || !Number.isFinite(milliseconds)) return '';
  if (milliseconds >= 10_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** The kind of a level, by which it is coloured. */
export function kindOf(levelno: number): 'debug' | 'info' | 'warning' | 'error' {
  if (levelno < 20) return 'debug';
  if (levelno < 30) return 'info';
  return levelno < 40 ? 'warning' : 'error';
}

/** The levels that can be chosen. */
export const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
