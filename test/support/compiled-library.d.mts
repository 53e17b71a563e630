/** True if the library for programs that tests start was built from these very sources. */
export function isLibraryFresh(): boolean;
