/** Modules of Node that take long to load: for the network, digests, compression and threads. */
interface SlowModules {
  'node:crypto': typeof import('node:crypto');
  'node:dgram': typeof import('node:dgram');
  'node:dns/promises': typeof import('node:dns/promises');
  'node:http': typeof import('node:http');
  'node:https': typeof import('node:https');
  'node:net': typeof import('node:net');
  'node:os': typeof import('node:os');
  'node:timers/promises': typeof import('node:timers/promises');
  'node:tls': typeof import('node:tls');
  'node:tty': typeof import('node:tty');
  'node:worker_threads': typeof import('node:worker_threads');
  'node:zlib': typeof import('node:zlib');
}

/**
 * A module of Node that few programs need of logging, loaded when one does: imported at once, these would take as
 * long as all of the package.
 */
export function nodeModule<Name extends keyof SlowModules>(name: Name): SlowModules[Name] {
  return process.getBuiltinModule(name);
}
