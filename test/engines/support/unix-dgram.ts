import { createRequire } from 'node:module';
import { providePackage } from '../../../lib/runtime/provided-packages.js';
import { engineFile } from './engine.js';

/** The file of `unix-dgram`, which was compiled into the folder of engines. */
export const unixDgramFile: string = engineFile('unix-dgram', 'node_modules', 'unix-dgram');

/** Hands `unix-dgram` over to the library, as an application has it. */
export function provideUnixDgram(): void {
  providePackage('unix-dgram', createRequire(import.meta.url)(unixDgramFile));
}

/** What a program of its own begins with to do the same. */
export const provideUnixDgramSource: string = `
  import { createRequire } from 'node:module';
  import { providePackage } from 'lib/runtime/provided-packages';
  providePackage('unix-dgram', createRequire(import.meta.url)(${JSON.stringify(unixDgramFile)}));
`;
