/** What can be installed, for the tests, which ask whether it is there. */
export interface InstallableEngine {
  readonly purpose: string;
  /** True if it is there as its recipe says. */
  isThere(name: string): boolean;
}

export const catalogue: Readonly<Record<string, InstallableEngine>>;
