import { freePort } from '../../support/free-port.js';
import type { Engine } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';
import { javaArguments, javaReadyWithinMs } from './java.js';

/** How the application runs. */
export interface SpringActuatorOptions {
  /** Spring's properties, like `logging.level.shop` or `logging.group.web`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** A Spring Boot application with Logback and its actuator. Levels that were set are gone after a restart. */
export interface SpringActuator extends Engine {
  /** The loggers are at `/actuator/loggers` below it. */
  readonly url: string;
  /** The level and the members of all loggers and groups. */
  query(): Promise<SpringLoggers>;
}

/** What `/actuator/loggers` answers. */
export interface SpringLoggers {
  readonly levels: readonly string[];
  readonly loggers: Readonly<
    Record<string, { readonly configuredLevel?: string; readonly effectiveLevel: string }>
  >;
  readonly groups: Readonly<
    Record<string, { readonly configuredLevel?: string; readonly members: readonly string[] }>
  >;
}

/** Starts the application on a port that was free. */
export async function startSpringActuator({
  properties = {},
}: SpringActuatorOptions = {}): Promise<SpringActuator> {
  const folder = dataFolder('spring-actuator');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = Object.entries({ 'server.port': String(port), ...properties });
  const engine = new EngineProcess(folder, {
    name: 'the Spring Boot application',
    command: 'java',
    args: [
      ...javaArguments('spring-actuator', 256),
      'Main',
      ...settings.map(([key, value]) => `--${key}=${value}`),
    ],
    ready: async () => (await fetch(`${url}/actuator/health`)).ok,
    readyWithinMs: javaReadyWithinMs,
  });
  await engine.start();
  return {
    url,
    query: async () => (await (await fetch(`${url}/actuator/loggers`)).json()) as SpringLoggers,
    ...engine.controls,
  };
}
