import { globalSlot } from '../../runtime/global-slot.js';
import { getLogger } from '../loggers/manager.js';

/** Who captures warnings: the program with {@link captureWarnings}, or `captureCrashes`. */
type Captor = 'program' | 'crashes';

interface Capture {
  readonly captors: Set<Captor>;
  /** Gives warnings back to Node, whichever copy of the package took them; `undefined` while Node has them. */
  restore: (() => void) | undefined;
}

const slot = globalSlot('warnings.2', (): Capture => ({ captors: new Set(), restore: undefined }));

/**
 * Sends Node's process warnings (deprecations, leaks, `process.emitWarning`) to the logger `node.warnings`, at level
 * WARNING, in place of Node's own lines on standard error; `captureWarnings(false)` gives them back.
 *
 * Warnings that `captureCrashes` was asked for stay captured until that is undone too.
 *
 * Differs from Python: the logger is called `node.warnings`, and without any handler the last resort prints them.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.captureWarnings
 */
export function captureWarnings(captures: boolean): void {
  captureWarningsFor('program', captures);
}

/** {@link captureWarnings}, undone when no captor is left. */
export function captureWarningsFor(captor: Captor, captures: boolean): void {
  if (captures) slot.captors.add(captor);
  else slot.captors.delete(captor);
  if (slot.captors.size === 0) {
    slot.restore?.();
    slot.restore = undefined;
  } else slot.restore ??= takeFromNode();
}

function takeFromNode(): () => void {
  // Node prints warnings with a listener of its own; other listeners are the application's and stay.
  const replaced = process.listeners('warning').filter((listener) => listener.name === 'onWarning');
  for (const listener of replaced) process.off('warning', listener);
  process.on('warning', logWarning);
  return () => {
    process.off('warning', logWarning);
    for (const listener of replaced) process.on('warning', listener);
  };
}

function logWarning(warning: Error & { code?: string }): void {
  const name = warning.code === undefined ? warning.name : `${warning.name} [${warning.code}]`;
  getLogger('node.warnings').warning('%s: %s', name, warning.message, { excInfo: warning });
}
