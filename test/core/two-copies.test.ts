import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { compiledProgram } from '../support/compiled-sources.js';

/** Runs a program in which a module of the library is there twice. @returns What it prints. */
function runWithTwo(module: string, body: string): unknown {
  const program = compiledProgram(`
    import * as first from '../../lib/core/${module}.js';
    const second = await import(new URL('../../lib/core/${module}.js?second', import.meta.url).href);
    ${body}
  `);
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

it('one copy of this package removes the exit listener that another one added', () => {
  const counts = runWithTwo(
    'exit-drain',
    `const holder = { drainAtExit() {} };
    const others = process.listenerCount('exit');
    const counts = [];
    for (let turn = 0; turn < 20; turn++) {
      second.registerForTurn(holder);
      counts.push(process.listenerCount('exit') - others);
      first.unregisterForTurn(holder);
      counts.push(process.listenerCount('exit') - others);
    }
    console.log(JSON.stringify([...new Set(counts)]));`,
  );
  expect(counts).toEqual([1, 0]);
});

it('one copy of this package undoes what another one captures of crashes and warnings', () => {
  const counts = runWithTwo(
    'reports/crash-records',
    `const counts = () => ['uncaughtExceptionMonitor', 'warning'].map((event) => process.listenerCount(event));
    const before = counts();
    const undoFirst = first.captureCrashes({ uncaughtException: true });
    const undoSecond = second.captureCrashes({ uncaughtException: true });
    const during = counts();
    undoFirst();
    undoSecond();
    console.log(JSON.stringify([before, during, counts()]));`,
  );
  expect(counts).toEqual([
    [0, 1],
    [1, 1],
    [0, 1],
  ]);
});

it('one copy of this package gives Node the warnings that another one took', () => {
  const owners = runWithTwo(
    'reports/capture-warnings',
    `const names = () => process.listeners('warning').map(({ name }) => name);
    first.captureWarnings(true);
    second.captureWarnings(true);
    const during = names();
    second.captureWarnings(false);
    console.log(JSON.stringify([during, names()]));`,
  );
  expect(owners).toEqual([['logWarning'], ['onWarning']]);
});
