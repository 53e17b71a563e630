/** Node modules that are slow to load: for the network, digests, compression, threads and streams. */
interface SlowModules {
  'node:crypto': typeof import('node:crypto');
  'node:dgram': typeof import('node:dgram');
  'node:diagnostics_channel': typeof import('node:diagnostics_channel');
  'node:dns/promises': typeof import('node:dns/promises');
  'node:fs/promises': typeof import('node:fs/promises');
  'node:http': typeof import('node:http');
  'node:https': typeof import('node:https');
  'node:module': typeof import('node:module');
  'node:net': typeof import('node:net');
  'node:os': typeof import('node:os');
  'node:stream/promises': typeof import('node:stream/promises');
  'node:timers/promises': typeof import('node:timers/promises');
  'node:tls': typeof import('node:tls');
  'node:tty': typeof import('node:tty');
  'node:worker_threads': typeof import('node:worker_threads');
  'node:zlib': typeof import('node:zlib');
}

/**
 * A Node module that few programs need for logging, loaded on demand: imported at once, these would take as
 * long as all of the package. Bundlers do not see it: webpack would interpret `createRequire` itself.
 */
export function nodeModule<Name extends keyof SlowModules>(name: Name): SlowModules[Name] {
  return process.getBuiltinModule(name);
}
