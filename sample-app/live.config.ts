import { type LoggingLiveOptions, redisReplicas } from 'nestjs-logging/live';
import type { Environment } from './environment.js';

/** The page on which this application's logging is seen and steered. In production it would need guards. */
export function liveConfig({ redisUrl, logTokenSecret }: Environment): LoggingLiveOptions {
  return {
    development: true,
    ...(logTokenSecret === undefined ? {} : { token: { secret: logTokenSecret } }),
    ...(redisUrl === undefined ? {} : { replicas: redisReplicas({ url: redisUrl, key: 'shop' }) }),
  };
}
