import type { RecordWatcher } from '../../core/loggers/level-overlay.js';
import type { Manager } from '../../core/loggers/manager.js';

const watchers = new WeakMap<Manager, Set<RecordWatcher>>();

/**
 * Calls a function with each record of a tree of loggers before its handlers. While nobody watches, this costs nothing.
 *
 * @param watcher Must not throw.
 * @returns A function that removes it.
 */
export function watchRecords(manager: Manager, watcher: RecordWatcher): () => void {
  const all = watchers.get(manager) ?? new Set();
  watchers.set(manager, all);
  all.add(watcher);
  arrange(manager, all);
  return () => {
    all.delete(watcher);
    arrange(manager, all);
  };
}

function arrange(manager: Manager, all: ReadonlySet<RecordWatcher>): void {
  const [first, ...others] = all;
  manager.watcher =
    others.length === 0
      ? first
      : (record, logger) => {
          for (const watcher of all) watcher(record, logger);
        };
}
