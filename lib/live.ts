/**
 * Watch and control logging while the application runs: temporary levels, with who, why and until when.
 *
 * @packageDocumentation
 */
export { LoggingLiveModule } from './live/module/live.module.js';
export type { LoggingLiveOptions } from './live/module/live-options.js';
export type { ActiveLevel } from './live/overrides/active-level.js';
export type { EndCause, OverrideChange, OverrideListener } from './live/overrides/audit.js';
export type { LiveInstance } from './live/overrides/live-instance.js';
export type { OverrideOptions } from './live/overrides/make-override.js';
export type { Override, OverrideScope } from './live/overrides/override.js';
export {
  endOverride,
  explainLevel,
  listOverrides,
  type OverrideHandle,
  onOverrideChange,
  overrideLevel,
} from './live/overrides/override-level.js';
export type { ReplicaHost, Replicas } from './live/overrides/replicas.js';
export type { ReplicaState, ReplicasStatus } from './live/overrides/replicas-status.js';
export type { NATSConnection } from './live/replicas/nats-engine.js';
export { type NATSReplicasOptions, natsReplicas } from './live/replicas/nats-replicas.js';
export type { RedisClient } from './live/replicas/redis-engine.js';
export { type RedisReplicasOptions, redisReplicas } from './live/replicas/redis-replicas.js';
export type { LevelTokenOptions } from './live/tokens/level-tokens.js';
export {
  createLevelToken,
  levelTokenHeaders,
  runWithLevelToken,
  type TokenOptions,
} from './live/tokens/token-service.js';
