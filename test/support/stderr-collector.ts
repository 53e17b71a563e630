/** Collects what is written to standard error from now on, until `stop`. */
export function collectStderr(): { readonly text: string; stop(): string } {
  let text = '';
  // An own property is what the library looks for before it writes to the descriptor.
  Object.defineProperty(process.stderr, 'write', {
    configurable: true,
    value: (chunk: string | Uint8Array) => {
      text += String(chunk);
      return true;
    },
  });
  return {
    get text() {
      return text;
    },
    stop() {
      Reflect.deleteProperty(process.stderr, 'write');
      return text;
    },
  };
}
