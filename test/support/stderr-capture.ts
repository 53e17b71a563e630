/** What was written to standard error while `run` ran, and what `run` gave. */
export function captureStderr<T>(run: () => T): { result: T; text: string } {
  const chunks: string[] = [];
  // An own property is what the library looks for before it writes to the descriptor.
  Object.defineProperty(process.stderr, 'write', {
    configurable: true,
    value: (chunk: string | Uint8Array) => chunks.push(String(chunk)) > 0,
  });
  try {
    return { result: run(), text: chunks.join('') };
  } finally {
    Reflect.deleteProperty(process.stderr, 'write');
  }
}
