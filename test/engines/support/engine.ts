import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { describe } from '@jest/globals';
import { catalogue, groups } from '../../../scripts/engines/catalogue.mjs';

/** A server that a test runs for itself, with a data folder and ports of its own. */
export interface Engine {
  /** Ends it as a crash would (SIGKILL); its data folder and ports stay. */
  kill(): Promise<void>;
  /** Ends it as its administrator would (SIGTERM), if it runs, and starts it again on the same data and ports. */
  restart(): Promise<void>;
  /** Makes it hang: connections are taken by the system, nothing is answered. */
  pause(): void;
  /** Lets it go on after {@link pause}. */
  resume(): void;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

/** The file of an engine that was built or downloaded into the folder of engines. */
export function engineFile(name: string, ...file: string[]): string {
  return path.join(import.meta.dirname, '..', '..', '..', '.engines', name, ...file);
}

/** Names of engines that are not installed here. */
export function missingEngines(...names: string[]): string[] {
  return names.filter((name) => {
    const engine = catalogue[name];
    if (engine === undefined) throw new Error(`There is no engine ${name}`);
    return !engine.isThere(name);
  });
}

/**
 * The tests of these engines. Where one is not installed they are skipped, which is said; with
 * `REQUIRE_ENGINES=1` they fail instead, but for an engine that is installed on request alone.
 */
export function describeWithEngines(names: readonly string[], title: string, tests: () => void): void {
  const missing = missingEngines(...names);
  const isRequired =
    process.env.REQUIRE_ENGINES && !missing.some((name) => groups['on-request'].includes(name));
  if (missing.length === 0 || isRequired) {
    describe(title, tests);
    return;
  }
  console.warn(`'${title}' is skipped, install with: node scripts/engines.mjs ${missing.join(' ')}`);
  describe.skip(title, tests);
}

/**
 * Waits until something holds.
 *
 * @param what What is waited for; a function, to say what there is instead.
 * @throws Error that says what was waited for, after the time given.
 */
export async function until(
  what: string | (() => string),
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await holds()); await delay(25))
    if (Date.now() > deadline)
      throw new Error(`Not within ${timeoutMs / 1_000} s: ${typeof what === 'string' ? what : what()}`);
}
