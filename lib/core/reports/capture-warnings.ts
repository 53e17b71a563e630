import { globalSlot } from '../../runtime/global-slot.js';
import { getLogger } from '../loggers/manager.js';

type WarningListener = (warning: Error) => void;

const slot = globalSlot('warnings.1', (): { replaced: WarningListener[] | undefined } => ({
  replaced: undefined,
}));

/**
 * Sends Node's process warnings (deprecations, leaks, `process.emitWarning`) to the logger `node.warnings`, at level
 * WARNING, in place of Node's own lines on standard error; `captureWarnings(false)` gives them back.
 *
 * Differs from Python: the logger is called `node.warnings`, and without any handler the last resort prints them.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.captureWarnings
 */
export function captureWarnings(captures: boolean): void {
  if (captures && slot.replaced === undefined) {
    // Node prints warnings with a listener of its own; other listeners are the application's and stay.
    slot.replaced = process.listeners('warning').filter((listener) => listener.name === 'onWarning');
    for (const listener of slot.replaced) process.off('warning', listener);
    process.on('warning', logWarning);
  } else if (!captures && slot.replaced !== undefined) {
    process.off('warning', logWarning);
    for (const listener of slot.replaced) process.on('warning', listener);
    slot.replaced = undefined;
  }
}

function logWarning(warning: Error & { code?: string }): void {
  const name = warning.code === undefined ? warning.name : `${warning.name} [${warning.code}]`;
  getLogger('node.warnings').warning('%s: %s', name, warning.message, { excInfo: warning });
}
