import { ComponentReference } from '../config/plan/converters.js';
import type { PlannedComponent } from '../config/plan/planned-config.js';
import { escapeControls } from '../core/formatting/sanitize.js';
import { getLevelName } from '../core/levels.js';
import { secretKeys } from '../redaction/secret-keys.js';
import { cutText } from '../runtime/cut-text.js';

/** Characters of one option's value that are shown. */
const MAX_VALUE = 120;

/** `RotatingFileHandler filename="app.log" maxBytes=1000`: the class and its options, without secrets. */
export function componentText(component: PlannedComponent): string {
  const secrets = secretKeys();
  const options = Object.entries(component.options).map(
    ([key, value]) => `${key}=${secrets.isSecret(key) ? '***' : valueText(value)}`,
  );
  return escapeControls([component.type.name || 'factory', ...options].join(' '), true);
}

function valueText(value: unknown): string {
  const text =
    value instanceof ComponentReference ? `"${value.name}"` : (JSON.stringify(value, hide) ?? String(value));
  return cutText(text, MAX_VALUE, '…');
}

function hide(key: string, value: unknown): unknown {
  if (key !== '' && secretKeys().isSecret(key)) return '***';
  if (value instanceof ComponentReference) return value.name;
  if (value === process.stdout) return 'stdout';
  if (value === process.stderr) return 'stderr';
  return typeof value === 'function' ? value.name || 'function' : value;
}

/** `ERROR`, or `Level 25`. */
export function levelText(level: number): string {
  return getLevelName(level) as string;
}
