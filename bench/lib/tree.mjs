import { runOnce } from './once.mjs';

/** What an idle tree of 10,000 loggers takes, and what changing a level in it costs; see tree-once.mjs. */
export function measureTree() {
  return runOnce('tree-once.mjs', [], ['--expose-gc']);
}
