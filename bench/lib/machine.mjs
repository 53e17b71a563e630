import { spawnSync } from 'node:child_process';
import os from 'node:os';
import process from 'node:process';

/** The machine as far as it matters to the figures; nothing that identifies it. */
export function describeMachine() {
  const [cpu] = os.cpus();
  return {
    processor: cpu?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${process.arch}`,
    node: process.version,
    python: pythonVersion(),
    loadAverage: os.loadavg().map((load) => Number(load.toFixed(2))),
  };
}

/** Undefined where there is no python3: CPython is left out then. */
export function pythonVersion() {
  const { status, stdout } = spawnSync(
    'python3',
    ['-c', 'import platform; print(platform.python_version())'],
    {
      encoding: 'utf8',
    },
  );
  return status === 0 ? stdout.trim() : undefined;
}
