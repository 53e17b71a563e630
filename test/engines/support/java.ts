import { engineFile } from './engine.js';

/** What starts a Java engine: quick to start rather than fast for long, in the memory given. */
export function javaArguments(name: string, heapMiB: number): string[] {
  return [
    `-Xmx${heapMiB}m`,
    ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError'],
    ...['-cp', `${engineFile(name, 'classes')}:${engineFile(name, 'lib')}/*`],
  ];
}

/** A JVM takes seconds to start, on a busy machine a minute. */
export const javaReadyWithinMs = 120_000;
