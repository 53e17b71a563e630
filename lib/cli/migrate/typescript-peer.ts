import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';
import { LoggingError } from '../../core/errors.js';

/** The compiler's interface for programs. */
export type TypeScript = typeof ts;

/**
 * Loads the application's own TypeScript, to read its sources with: that of its folder, else the one that its Nest
 * command line brings. TypeScript 7 compiles and has no such interface, so that an application may have both.
 *
 * @param folder Of the application.
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if there is none from 4.8 to 6.
 */
export function loadTypeScript(folder: string): TypeScript {
  const fromFolder = createRequire(join(folder, 'package.json'));
  const places = [() => fromFolder, () => createRequire(fromFolder.resolve('@nestjs/cli/package.json'))];
  for (const place of places) {
    try {
      const found = place()('typescript') as Partial<TypeScript>;
      if (typeof found.createSourceFile === 'function' && typeof found.getDecorators === 'function')
        return found as TypeScript;
    } catch {
      // Not there; the next one, then.
    }
  }
  throw new LoggingError(
    'ERR_LOGGING_MISSING_PACKAGE',
    'migrate reads sources with the application\'s own TypeScript, from 4.8 to 6, and there is none here: npm install --no-save "typescript@6"',
  );
}
