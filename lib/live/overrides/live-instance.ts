import type { Override } from './override.js';

/** This process among its replicas. */
export interface LiveInstance {
  /** Identifies it among the others; default host name and process id. */
  readonly name: string;
  /** Labels by which a scope can name it, such as `{ region: 'eu' }`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Whether an override applies in an instance. */
export function holdsIn({ scope }: Override, instance: LiveInstance): boolean {
  if (scope.kind === 'all') return true;
  if (scope.kind === 'instance') return scope.name === instance.name;
  return Object.hasOwn(instance.labels, scope.name) && instance.labels[scope.name] === scope.value;
}
