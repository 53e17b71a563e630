// biome-ignore-all lint/suspicious/noEmptyInterface: applications add to them

/**
 * The application's own handler classes by the names they are registered under, so that `defineLogging` knows them.
 *
 * The value is the type of the class itself, `typeof AuditHandler`: what its constructor takes are the options of its
 * entry. Always through `nestjs-logging/core`, in applications that import `nestjs-logging` too: the compiler merges
 * what is added under one name of a package, not under two.
 *
 * @example
 * declare module 'nestjs-logging/core' {
 *   interface RegisteredHandlers {
 *     'acme.AuditHandler': typeof AuditHandler;
 *   }
 * }
 */
export interface RegisteredHandlers {}

/** The application's own formatter classes; see {@link RegisteredHandlers}. */
export interface RegisteredFormatters {}

/** The application's own filter classes; see {@link RegisteredHandlers}. */
export interface RegisteredFilters {}

/** Levels that the application adds with `addLevelName`: `interface RegisteredLevels { TRACE: 5 }`. */
export interface RegisteredLevels {}
