import type { LoggingConfig } from '../../config/plan/logging-config.js';
import type { LoggingFeature, ResolvedLoggingOptions } from './logging-options.js';

/** What a `forRoot` or `forFeature` leaves in the container for the root module to find. */
export type LoggingDeclaration = RootDeclaration | FeatureDeclaration;

/** A `forRoot` or `forRootAsync`. */
export interface RootDeclaration {
  readonly kind: 'root';
  readonly options: ResolvedLoggingOptions;
  /** The configuration where it was given; `undefined` for the default one, or where it is still to come. */
  readonly config: LoggingConfig | undefined;
  /** Whether the configuration comes from a provider. */
  readonly isAsync: boolean;
}

/** A `forFeature`. */
export interface FeatureDeclaration {
  readonly kind: 'feature';
  readonly feature: Omit<LoggingFeature, 'imports'>;
}
