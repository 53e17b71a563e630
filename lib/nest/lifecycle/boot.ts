import type { ModulesContainer } from '@nestjs/core';
import { WARNING } from '../../core/levels.js';
import { perManager } from '../../core/loggers/per-manager.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { findDeclarations } from '../components/container-modules.js';
import { expectInternal } from '../internals/expected-internals.js';
import { loadingOf } from '../internals/nest-modules.js';
import type { LoggingDeclaration } from '../module/logging-declaration.js';
import { bufferForBoot, deactivateFor, flushActive } from './active-logging.js';
import { isBufferingRecords, printBufferedRecords } from './buffered-records.js';
import { activateWithoutContainer } from './logging-configurator.js';

/** An application that is starting. */
interface Boot {
  readonly declarations: readonly LoggingDeclaration[];
  /** Undoes what was done for it, if it fails. */
  readonly undoings: (() => void)[];
}

interface Boots {
  /** What the applications that Nest is still creating have imported: Nest does not say which of them. */
  unclaimed: LoggingDeclaration[];
  /** The others that have not started yet. */
  readonly underway: Map<ModulesContainer, Boot>;
  /** Those that did not start, of which Nest may still be making something. */
  readonly failed: WeakSet<ModulesContainer>;
}

const bootsHere = perManager(
  'nest.boot.4',
  (): Boots => ({ unclaimed: [], underway: new Map(), failed: new WeakSet() }),
);

/** Every declaration for which {@link beginBoot} was called. */
const begun = globalSlot('nest.begun.1', () => ({ declarations: new WeakSet<LoggingDeclaration>() }));

/** An application imports the module: from here on its records and those of Nest are buffered until the configuration is active. */
export function beginBoot(declaration: LoggingDeclaration): void {
  bootsHere().unclaimed.push(declaration);
  begun.declarations.add(declaration);
  bufferForBoot();
}

/** Notes what an application imported: Nest did not say before which application it was. */
export function claimBoot(application: ModulesContainer): void {
  bootOf(application);
}

/**
 * Registers what to undo if an application does not start, since nobody can close it then. If it has failed already, that
 * is undone at once: Nest makes modules side by side, and goes on with the others when one cannot be made.
 *
 * Each application is on its own: what fails in one undoes nothing of another that starts at the same time.
 */
export function undoIfBootFails(application: ModulesContainer, undo: () => void): void {
  if (bootsHere().failed.has(application)) undo();
  else bootOf(application).undoings.push(undo);
}

function bootOf(application: ModulesContainer): Boot {
  const boots = bootsHere();
  let boot = boots.underway.get(application);
  if (boot === undefined) {
    const declarations = findDeclarations(application).map(({ declaration }) => declaration);
    boot = { declarations, undoings: [] };
    for (const one of declarations) expectInternal('forwardReference', begun.declarations.has(one));
    boots.underway.set(application, boot);
    // All of them: earlier versions of Nest 11 take a module in several times for one application.
    boots.unclaimed = boots.unclaimed.filter((one) => !declarations.includes(one));
  }
  return boot;
}

/** The application has started, or failed in a way that lets its starter close it. */
export function endBoot(application: ModulesContainer): void {
  bootsHere().underway.delete(application);
}

/**
 * An application of Nest's preview mode, which makes no provider and so no configuration: what is buffered goes to
 * standard error, and what is logged from here on where it would go without the module.
 */
export function endPreviewBoot(): void {
  const boots = bootsHere();
  boots.unclaimed = [];
  if (boots.underway.size === 0) printBufferedRecords();
}

/** Whether any application is starting. */
export function isBooting(): boolean {
  const { unclaimed, underway } = bootsHere();
  return underway.size > 0 || unclaimed.length > 0;
}

/**
 * An application failed to start, and the process may end at once: writes what is buffered and what `report` logs, to
 * the handlers of the configuration if they can be made, else to standard error.
 *
 * While others are starting, the buffer is theirs too: it is written when the first of them has a
 * configuration, or at the exit of the process.
 *
 * @param isEnded Whether the caller ends the application if nobody else can.
 */
export function reportBootFailure(report: () => void, isEnded = false): void {
  const boots = bootsHere();
  if (!isBufferingRecords()) {
    report();
    flushActive();
  } else if (boots.underway.size + (boots.unclaimed.length > 0 ? 1 : 0) <= 1) {
    reportAlone(report, boots);
    return;
  } else report();
  if (!isEnded) void undoFailed();
}

/** No other application is starting, so the buffer belongs to the one that failed. */
function reportAlone(report: () => void, boots: Boots): void {
  const [only] = boots.underway.keys();
  const declarations = only === undefined ? boots.unclaimed : bootOf(only).declarations;
  boots.unclaimed = [];
  const standIn = {};
  const isActive = activateWithoutContainer(standIn, declarations);
  report();
  if (isActive) flushActive();
  else printBufferedRecords();
  void deactivateFor(standIn, false);
  void undoFailed();
}

/** Undoes those that Nest could not make: it logs what failed, but not in which application. */
async function undoFailed(): Promise<void> {
  const boots = bootsHere();
  const candidates = [...boots.underway.keys()];
  const verdicts = await Promise.all(candidates.map(hasFailedToLoad));
  const failed = candidates.filter((_, index) => verdicts[index]);
  for (const application of failed) undoBoot(application);
  // It was one that Nest was still creating; the declarations of the others are found in their modules.
  if (failed.length === 0) boots.unclaimed = [];
}

/** An application has failed to start, and nobody will close it: undoes what was done for it. */
export function undoBoot(application: ModulesContainer): void {
  const { underway, failed } = bootsHere();
  const boot = underway.get(application);
  endBoot(application);
  failed.add(application);
  for (const step of boot?.undoings ?? []) step();
}

/**
 * Undoes what was done for an application if Nest cannot make all of it, also where nobody says so: Nest logs nothing with
 * `logger: false`, nor where a testing module is compiled.
 */
export async function watchLoading(application: ModulesContainer): Promise<void> {
  if ((await haveAllLoaded(application)) || !bootsHere().underway.has(application)) return;
  undoBoot(application);
  if (isBufferingRecords() && !isBooting()) printBufferedRecords(WARNING);
}

/** Node's own function, even if a test replaces it later. */
const endOfTurn = setImmediate;

/**
 * Waits until Nest has made all of an application that is starting, or has given up.
 *
 * @returns Whether it could make everything.
 */
export async function haveAllLoaded(modules: ModulesContainer): Promise<boolean> {
  let outcomes: unknown[] = [];
  for (;;) {
    // Where something fails, Nest goes on with the other modules: providers first, controllers last.
    const loading = wrappersOf(modules).flatMap((wrapper) => loadingOf(wrapper) ?? []);
    if (loading.length === outcomes.length) return outcomes.every((outcome) => outcome === undefined);
    outcomes = await Promise.all(loading);
    await new Promise((resolve) => endOfTurn(resolve));
  }
}

const PENDING = Symbol('pending');

/**
 * Whether Nest failed to make something of an application.
 *
 * @returns `false` also where Nest does not say: then nothing is undone.
 */
async function hasFailedToLoad(modules: ModulesContainer): Promise<boolean> {
  for (const wrapper of wrappersOf(modules)) {
    const outcome = await outcomeOf(wrapper);
    if (outcome !== undefined && outcome !== PENDING) return true;
  }
  return false;
}

function wrappersOf(modules: ModulesContainer): object[] {
  return [...modules.values()].flatMap(({ providers, controllers, injectables }) => [
    ...[...providers.values(), ...controllers.values(), ...injectables.values()],
  ]);
}

async function outcomeOf(wrapper: object): Promise<unknown> {
  const loading = loadingOf(wrapper);
  return loading && Promise.race([loading, Promise.resolve(PENDING)]);
}
