import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import { lazy } from '../../runtime/lazy.js';
import { handlerEntries } from '../handler-options.js';
import { batchingEntries } from '../output/batching-options.js';
import { type FilePermissions, idOf, parsePermissions } from './file-permissions.js';
import { parseFileMode } from './open-log-file.js';
import { encodingErrors, encodingProblem } from './text-codec.js';

/** The keys of every handler that writes a file, to be spread into the schema of each. */
export const fileEntries = lazy(() => ({
  ...handlerEntries(),
  filename: v.pipe(
    v.union([
      v.pipe(v.string(), v.minLength(1, 'expected a file name, got an empty string')),
      v.pipe(
        v.instance(URL),
        v.check(({ protocol }) => protocol === 'file:', 'expected a file: URL'),
      ),
    ]),
    v.description('Path or file: URL of the file. Its directory must be there, unless makeDirs is set.'),
  ),
  encoding: v.optional(
    v.nullable(
      v.pipe(
        v.string(),
        v.check(
          (encoding) => encodingProblem(encoding) === undefined,
          (issue) => encodingProblem(issue.input as string) ?? '',
        ),
        v.description('Encoding of the file. Others than UTF-8, UTF-16, Latin-1 and ASCII need iconv-lite.'),
      ),
    ),
  ),
  errors: v.optional(
    v.nullable(
      v.pipe(
        v.picklist(encodingErrors),
        v.description(
          'What is done with characters that the encoding does not have; default "backslashreplace".',
        ),
      ),
    ),
  ),
  delay: v.optional(v.pipe(v.boolean(), v.description('Open the file at the first record.')), false),
  followLinks: v.optional(
    v.pipe(
      v.boolean(),
      v.description('Log through a symbolic link, or into a file that has other names (hard links).'),
    ),
    false,
  ),
  fileMode: v.nullish(
    v.pipe(
      v.union([v.string(), v.number()], PERMISSIONS_EXPECTED),
      v.check((value) => parsePermissions(value) !== undefined, PERMISSIONS_EXPECTED),
      v.description(
        "Permissions of new files and of rolled ones, exact: '0644'. Default 0640 under the umask; after a roll, those the file had.",
      ),
    ),
  ),
  owner: v.nullish(ownerEntry('Owner of new files, a name or an id; needs the right to give files away.')),
  group: v.nullish(ownerEntry('Group of new files, a name or an id.')),
  makeDirs: v.optional(
    v.pipe(
      v.boolean(),
      v.description('Create the directory of the file if it is missing, and those of rolled files.'),
    ),
    false,
  ),
  dirMode: v.nullish(
    v.pipe(
      v.union([v.string(), v.number()], PERMISSIONS_EXPECTED),
      v.check((value) => parsePermissions(value) !== undefined, PERMISSIONS_EXPECTED),
      v.description(
        "Permissions of the directories that makeDirs makes: '0755'. Default 0750 under the umask.",
      ),
    ),
  ),
  ...batchingEntries(),
}));

const PERMISSIONS_EXPECTED =
  "expected permissions in octal, such as '0644' (in quotes: JSON and YAML read 0644 as a decimal number)";

function ownerEntry(description: string) {
  return v.pipe(
    v.union([v.string(), v.number()], 'expected a name or a numeric id'),
    v.check(
      (value) => typeof value === 'string' || (Number.isSafeInteger(value) && value >= 0),
      'expected a name or a numeric id',
    ),
    v.description(description),
  );
}

/** The options for new files and directories, of every handler that writes a file. */
export interface NewFileOptions {
  readonly fileMode?: string | number | null | undefined;
  readonly owner?: string | number | null | undefined;
  readonly group?: string | number | null | undefined;
  readonly makeDirs?: boolean | undefined;
  readonly dirMode?: string | number | null | undefined;
}

/**
 * The permissions and owners of new files and directories, from checked options.
 *
 * @throws {LoggingError} `ERR_LOGGING_FILE` for an owner or a group that this machine does not have. (A configuration
 * may be checked on another one.)
 */
export function newFilePermissions(options: NewFileOptions): {
  permissions: FilePermissions;
  directories: FilePermissions | undefined;
} {
  const uid = findId('owner', options.owner);
  const gid = findId('group', options.group);
  const bits = (value: string | number | null | undefined) =>
    value == null ? undefined : parsePermissions(value);
  return {
    permissions: { mode: bits(options.fileMode), uid, gid },
    directories: options.makeDirs ? { mode: bits(options.dirMode), uid, gid } : undefined,
  };
}

function findId(key: 'owner' | 'group', value: string | number | null | undefined): number | undefined {
  if (value == null) return undefined;
  const id = idOf(key === 'owner' ? '/etc/passwd' : '/etc/group', value);
  if (id !== undefined) return id;
  const what = key === 'owner' ? 'user' : 'group';
  throw new LoggingError(
    'ERR_LOGGING_FILE',
    `${key}: this machine has no ${what} named ${JSON.stringify(value)}; create it, or give a numeric id`,
  );
}

/** The key of handlers that may empty their file or require that it is new. */
export const modeEntry = lazy(() =>
  v.optional(
    v.pipe(
      v.string(
        (issue) =>
          `expected 'a', 'w' or 'x', how the file is opened, got ${issue.received}; its permissions are fileMode`,
      ),
      v.check(
        (mode) => modeFault(mode) === undefined,
        (issue) => modeFault(issue.input as string) ?? '',
      ),
      v.description('"a" appends, "w" empties the file first, "x" requires that it does not exist.'),
    ),
    'a',
  ),
);

function modeFault(mode: string): string | undefined {
  try {
    parseFileMode(mode);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^mode: /, '');
  }
}

/** The absolute path of `filename`. */
export function absolutePath(filename: string | URL): string {
  return resolve(filename instanceof URL ? fileURLToPath(filename) : filename);
}
