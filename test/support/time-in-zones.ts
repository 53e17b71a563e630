import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RolloverScheduleOptions } from '../../lib/handlers/file/rotation/rollover-schedule.js';
import { askProgram } from './ask-program.js';
import { compiledFile } from './compiled-sources.js';

/** Something to ask the library, or Python, in the zone `tz`. */
export type TimeQuestion = { readonly tz: string } & (
  | {
      readonly ask: 'strftime';
      readonly format: string;
      readonly seconds: number;
      readonly zone: 'local' | 'utc';
    }
  | { readonly ask: 'zone'; readonly seconds: number; readonly folder?: string }
  | { readonly ask: 'rollover'; readonly options: RolloverScheduleOptions; readonly now: number }
);

/** What the library answers to a 'rollover'. */
export interface RolloverAnswer {
  /** `computeRollover(now)`. */
  readonly rolloverAt: number;
  /** `fileTime(now)`. */
  readonly fileTime: number;
  readonly suffix: string;
}

/** Zones with summer time of an hour and of half an hour, as winter time, without, by Ramadan, and with odd minutes. */
export const ZONES: readonly string[] = [
  'UTC',
  'America/New_York',
  'America/St_Johns',
  'Europe/Berlin',
  'Europe/Dublin',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  // In 2026 Morocco gave Ramadan's time up: a Node that knows it differs from a Python whose system does not.
  ...(String(process.versions.tz) < '2026' ? ['Africa/Casablanca'] : []),
];

/** Moments at which one of {@link ZONES} changed its offset, in 2023 and 2024. */
export const CHANGES = [
  1695477600, 1696089600, 1710043200, 1710048600, 1710054000, 1710036000, 1711846800, 1712408400, 1712412000,
  1712415600, 1713060000, 1727536200, 1729990800, 1730604600, 1730613600,
] as const;

/** The library's answers, in order, from one process that goes through all the zones. */
export function askLibrary<Answer = unknown>(questions: readonly TimeQuestion[]): Answer[] {
  return askProgram(process.execPath, [compiledFile(path('time-worker.ts'))], questions);
}

/** Python's answers, in order. */
export function askPython<Answer = unknown>(questions: readonly TimeQuestion[]): Answer[] {
  return askProgram('python3', [path('time-oracle.py')], questions);
}

/** The version of Python's `logging` to compare with ('3.11'), or undefined, said once on the console, if none is there. */
export function pythonVersion(): string | undefined {
  const { status, stdout } = spawnSync(
    'python3',
    ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'],
    {
      encoding: 'utf8',
    },
  );
  if (status === 0) return stdout.trim();
  console.warn('python3 is not here: nothing is compared with it.');
  return undefined;
}

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
