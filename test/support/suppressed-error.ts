/** Whether this Node has `SuppressedError`, as those from 24 on. */
export const hasSuppressedError = 'SuppressedError' in globalThis;

/** Makes what `using` throws where the block failed, and closing failed too. */
export type MakeSuppressedError = (error: unknown, suppressed: unknown) => Error;

const MESSAGE = 'An error was suppressed during disposal';

/** As Node's own class has it: both errors are hidden properties. */
export const nativeSuppressedError: MakeSuppressedError = (error, suppressed) => {
  const { SuppressedError: Native } = globalThis as unknown as {
    SuppressedError: new (error: unknown, suppressed: unknown, message: string) => Error;
  };
  return new Native(error, suppressed, MESSAGE);
};

/** As TypeScript's `using` has it where Node has no such class. */
export const compiledSuppressedError: MakeSuppressedError = (error, suppressed) =>
  Object.assign(new Error(MESSAGE), { name: 'SuppressedError', error, suppressed });

/** The ways that there are here, with their names. */
export const suppressedErrors: readonly [name: string, make: MakeSuppressedError][] = [
  ["TypeScript's", compiledSuppressedError],
  ...(hasSuppressedError ? ([['the native', nativeSuppressedError]] as [string, MakeSuppressedError][]) : []),
];
