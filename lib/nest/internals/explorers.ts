import type { ModulesContainer } from '@nestjs/core';
import { expectInternal } from './expected-internals.js';

/** A provider that looks for the jobs and listeners of an application. */
export interface Explorers {
  /** Of `@nestjs/schedule`. */
  readonly jobs: object[];
  /** Of `@nestjs/event-emitter`. */
  readonly events: object[];
  /** Of `@nestjs/bullmq`. */
  readonly processors: object[];
}

/** Finds the providers that look for jobs and listeners, by the names of their classes and methods. */
export function explorersIn(modules: ModulesContainer): Explorers {
  const found: Explorers = { jobs: [], events: [], processors: [] };
  const names = new Set<unknown>();
  for (const { providers } of modules.values()) {
    for (const { metatype, instance } of providers.values()) {
      if (typeof instance !== 'object' || instance === null || typeof metatype !== 'function') continue;
      names.add(metatype.name);
      if (metatype.name === 'ScheduleExplorer') found.jobs.push(instance);
      else if (metatype.name === 'EventSubscribersLoader') found.events.push(instance);
      else if (findsProcessors(instance)) found.processors.push(instance);
    }
  }
  const areWrapped = (explorers: readonly object[]): boolean =>
    explorers.length > 0 && explorers.every((one) => WRAP in one);
  // What is beside them in their packages.
  if (names.has('SchedulerMetadataAccessor')) expectInternal('jobs', areWrapped(found.jobs));
  if (names.has('EventsMetadataAccessor')) expectInternal('events', areWrapped(found.events));
  return found;
}

const WRAP = 'wrapFunctionInTryCatchBlocks';

/** Whatever a bundler has made of the name of its class. */
function findsProcessors(instance: object): boolean {
  return 'handleProcessor' in instance && 'handleWorkerEvents' in instance;
}
