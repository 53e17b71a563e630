/** The sections of a configuration that name components, in the order in which these are made. */
export const SECTIONS = ['formatters', 'filters', 'handlers'] as const;

/** A section that names components. */
export type Section = (typeof SECTIONS)[number];
