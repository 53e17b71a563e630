import brokenPipe from './broken-pipe.mjs';
import configurations from './configurations.mjs';
import controls from './controls.mjs';
import exitMatrix from './exit-matrix.mjs';
import forgery from './forgery.mjs';
import fullDisk from './full-disk.mjs';
import fuzz from './fuzz.mjs';
import jestParts from './jest-parts.mjs';
import killed from './killed.mjs';
import memory from './memory.mjs';
import offsets from './offsets.mjs';
import peers from './peers.mjs';
import relp from './relp.mjs';
import rotation from './rotation.mjs';
import slowPipe from './slow-pipe.mjs';
import soak from './soak.mjs';
import systemCalls from './system-calls.mjs';
import tls from './tls.mjs';

/**
 * What the library is put through, in order. Each has its name, a title, what it needs, whether it is in the part for
 * CI, and runs: it gives one row for each case, with what the oracle counted and every problem.
 */
export const scenarios = [
  exitMatrix,
  slowPipe,
  brokenPipe,
  fullDisk,
  systemCalls,
  rotation,
  killed,
  fuzz,
  controls,
  forgery,
  configurations,
  memory,
  offsets,
  tls,
  relp,
  ...jestParts,
  soak,
  peers,
];
