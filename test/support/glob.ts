import { readdirSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { join } from 'node:path/posix';

/** The files under `folder` whose names end in `ending`, relative to it, with forward slashes, sorted; none of installed packages. */
export function globSync(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(relative(folder, entry.parentPath).split(sep).join('/'), entry.name))
    .filter((file) => !file.includes('node_modules/'))
    .sort();
}
