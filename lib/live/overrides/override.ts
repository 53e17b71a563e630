/** A level that temporarily replaces that of the configuration. Plain data: it travels as JSON. */
export interface Override {
  /** Identifies it. */
  readonly id: string;
  /** Name of a group of the configuration, or of a logger; `root` for the root logger. */
  readonly target: string;
  /** The level as a number; 2,147,483,647 for `OFF`. */
  readonly level: number;
  readonly scope: OverrideScope;
  /** When it was made, in milliseconds since the epoch. */
  readonly createdAt: number;
  /** When it ends, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Who made it; `null` if unknown. */
  readonly by: string | null;
  /** Why; `null` if none was given. */
  readonly reason: string | null;
  /** Records after which it ends in an instance, counting those that only it lets through; `null` for no limit. */
  readonly budget: number | null;
}

/** Where an override applies: in every instance, in one, or in those with a label. */
export type OverrideScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'instance'; readonly name: string }
  | { readonly kind: 'label'; readonly name: string; readonly value: string };
