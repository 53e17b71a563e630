/** Once before all tests: builds the library for the programs that they start, so that no test has to wait for it. */
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export default function setUp() {
  execFileSync(process.execPath, [fileURLToPath(new URL('compiled-library.mjs', import.meta.url))], {
    stdio: 'inherit',
  });
}
