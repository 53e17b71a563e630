/** What can be installed, for the tests, which ask whether it is there. */
export interface InstallableEngine {
  readonly purpose: string;
  /** True if it is there as its recipe says. */
  isThere(name: string): boolean;
}

export const catalogue: Readonly<Record<string, InstallableEngine>>;

/** Names of engines by group; those `on-request` are installed only by their names, and may be missing everywhere. */
export const groups: Readonly<Record<'all' | 'everyday' | 'on-request', readonly string[]>>;
