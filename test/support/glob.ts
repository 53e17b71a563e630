import { readdirSync } from 'node:fs';
import { join } from 'node:path/posix';

/**
 * The files under `folder` whose names end in `ending`, relative to it, with forward slashes, sorted; none of installed
 * packages.
 *
 * It goes through the folders itself: `readdirSync` follows links where it is recursive, since Node 26 round in circles, and
 * an installed package may link to this one.
 */
export function globSync(folder: string, ending: string): string[] {
  const filesIn = (room: string): string[] =>
    readdirSync(join(folder, room), { withFileTypes: true }).flatMap((entry) => {
      const path = join(room, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(path);
      return entry.isFile() && path.endsWith(ending) ? [path] : [];
    });
  return filesIn('').sort();
}
