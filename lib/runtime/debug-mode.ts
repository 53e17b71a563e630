import { globalSlot } from './global-slot.js';

const mode = globalSlot('debug-mode.1', (): { debug: boolean | undefined } => ({ debug: undefined }));

/** Sets whether this is a development setup; `undefined` leaves it to `NODE_ENV` again. */
export function setDebugMode(debug: boolean | undefined): void {
  mode.debug = debug;
}

/** Whether this is a development setup: as set, else whether `NODE_ENV` is anything but `production`. */
export function isDebugMode(): boolean {
  return mode.debug ?? process.env.NODE_ENV !== 'production';
}
