import { MAX_TEXT } from '../runtime/limits.js';
import { type RedactTextOptions, redactText } from './redact-text.js';
import type { SecretKeys } from './secret-keys.js';
import { namesSecret } from './secret-pairs.js';
import { isLikeJson, mayReachOn, needsSearch, SHORTEST } from './suspect-text.js';

/**
 * The frames of a stack, if the whole has a secret only where they have one: what is thrown in one place has the same frames,
 * so that they need not be searched again. `undefined` if not, or if it is no stack as V8 writes it.
 *
 * @param message The error's, in which no secret was found.
 */
export function framesBelow(stack: string, message: unknown, keys: SecretKeys): string | undefined {
  if (typeof message !== 'string' || message.length < SHORTEST || mayConcernNextLine(message, keys))
    return undefined;
  const at = stack.indexOf(message);
  const end = at + message.length;
  if (at < 2 || stack.length > MAX_TEXT || stack[end] !== '\n') return undefined;
  const name = /^([A-Za-z_$][\w$]*): $/.exec(stack.slice(0, at))?.[1];
  return name === undefined || keys.isSecret(name) ? undefined : stack.slice(end);
}

/** Whether what is in the lines below a message may be a secret because of it, or it because of them. */
function mayConcernNextLine(message: string, keys: SecretKeys): boolean {
  return needsSearch(message) && (isLikeJson(message) || mayReachOn(message) || namesSecret(message, keys));
}

/** Names of programs: what follows their options is a secret, wherever the name is. A message may have one. */
const PROGRAMS = 'curl http';

/** Whether frames have no secret, below whatever message {@link framesBelow} lets pass. */
export function areHarmlessFrames(frames: string, options: RedactTextOptions): boolean {
  const text = PROGRAMS + frames;
  return redactText(text, options) === text;
}
