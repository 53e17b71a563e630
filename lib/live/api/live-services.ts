import type { OverrideRegistry } from '../overrides/override-registry.js';
import type { Replicas } from '../overrides/replicas.js';
import type { RecordRing } from '../records/record-ring.js';
import type { RecordStreams } from '../records/record-streams.js';
import type { TokenService } from '../tokens/token-service.js';
import type { LiveAccess } from './access.js';

/** Where a module's own parts are found in its container. Internal. */
export const LIVE: unique symbol = Symbol.for('nestjs-logging.live');

/** The services behind the routes of one module. */
export interface LiveServices {
  readonly access: LiveAccess;
  readonly registry: OverrideRegistry;
  readonly ring: RecordRing;
  /** `undefined` where requests carry no levels. */
  readonly tokens: TokenService | undefined;
  /** Shares overrides with other instances; `undefined` where this process is alone. */
  readonly replicas: Replicas | undefined;
  /** The open streams of records. */
  readonly streams: RecordStreams;
  /** Where the trace of a request is shown, with `{trace_id}` in it; `null` for nowhere. */
  readonly traceUrl: string | null;
  /** How long a level set over Spring's interface lasts. */
  readonly actuatorDuration: string;
}
