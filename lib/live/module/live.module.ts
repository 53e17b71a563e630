// biome-ignore-all lint/complexity/noStaticOnlyClass: Nest's modules are classes
import {
  Controller,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
  type Type,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { getManager } from '../../core/loggers/manager.js';
import { writeStderr } from '../../runtime/std-streams.js';
import { LiveAccess } from '../api/access.js';
import { ActuatorApi } from '../api/actuator.controller.js';
import { LiveApi } from '../api/live.controller.js';
import { LIVE, type LiveServices } from '../api/live-services.js';
import { overrideRegistry } from '../overrides/override-registry.js';
import type { Replicas } from '../overrides/replicas.js';
import { RecordRing } from '../records/record-ring.js';
import { RecordStreams } from '../records/record-streams.js';
import { secretsOf, TokenService } from '../tokens/token-service.js';
import { type LoggingLiveOptions, type ResolvedLiveOptions, resolveLiveOptions } from './live-options.js';
import { takeActuatorJson } from './platform-parsers.js';

/** Where a module's options are found in its container. */
const OPTIONS: unique symbol = Symbol.for('nestjs-logging.live-options');
/** Characters of all records that are kept. */
const MAX_CHARACTERS = 33_554_432;

/**
 * Watch and control logging while the application runs. Import it next to `LoggingModule`; without it there is nothing
 * of this in an application.
 */
@Module({})
export class LoggingLiveModule {
  /**
   * Mounts the API, and Spring's interface on request.
   *
   * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not fit, and without guards outside of development.
   * @example
   * LoggingLiveModule.forRoot({ path: 'logging', actuator: 'actuator/loggers', guards: [AdminGuard] })
   */
  static forRoot(options: LoggingLiveOptions = {}): DynamicModule {
    const resolved = resolveLiveOptions(options);
    const secrets = secretsOf(resolved.token === false ? undefined : resolved.token.secret);
    const access = new LiveAccess({
      usesToken: resolved.guards.length === 0,
      allowsRemote: resolved.allowRemote,
      origins: resolved.origins,
      secret: secrets[0] as Buffer,
    });
    const guards = [access, ...(options.guards ?? [])];
    const mount = (path: string, Api: Type): Type => {
      class Mounted extends Api {}
      Controller({ path, version: VERSION_NEUTRAL })(Mounted);
      UseGuards(...guards)(Mounted);
      return Mounted;
    };
    return {
      module: LiveRootModule,
      imports: resolved.imports,
      controllers: [
        mount(resolved.path, LiveApi),
        ...(resolved.actuator === false ? [] : [mount(resolved.actuator, ActuatorApi)]),
      ],
      providers: [
        { provide: LIVE, useFactory: () => makeServices(resolved, access, secrets) },
        { provide: OPTIONS, useValue: resolved },
      ],
    };
  }
}

/** Owns the lifecycle for one application. Internal. */
@Module({})
class LiveRootModule implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  readonly #undo: (() => void)[] = [];

  constructor(
    @Inject(LIVE) private readonly live: LiveServices,
    @Inject(OPTIONS) private readonly options: ResolvedLiveOptions,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {
    const { registry, tokens, ring } = live;
    if (options.records.keep === 'always') ring.open();
    if (tokens !== undefined) this.#undo.push(tokens.install());
    options.replicas?.start({
      instance: registry.instance,
      list: () => registry.list(),
      reconcile: (overrides: Parameters<typeof registry.reconcile>[0]) => registry.reconcile(overrides),
      onLocalChange: (listener: Parameters<typeof registry.onLocalChange>[0]) =>
        registry.onLocalChange(listener),
    });
  }

  onModuleInit(): void {
    const { httpAdapter } = this.host;
    if (httpAdapter === undefined) return;
    if (this.options.actuator !== false) takeActuatorJson(httpAdapter);
    const { token } = this.live.access;
    if (token === undefined) return;
    const server: NodeJS.EventEmitter = httpAdapter.getHttpServer();
    // After what the application logs as soon as it listens, so that it is the last line of the start.
    const print = () => void setImmediate(() => setImmediate(() => this.#printAddress(server, token)));
    server.once('listening', print);
    this.#undo.push(() => server.removeListener('listening', print));
  }

  /** Nest closes the server before the last hooks, and that waits for open responses: streams have to end first. */
  onModuleDestroy(): void {
    this.live.streams.close();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const undo of this.#undo.reverse()) undo();
    this.live.ring.close();
    await this.options.replicas?.stop();
  }

  /** Not a record: it would leave the token in every log. */
  #printAddress(server: object, token: string): void {
    const address = (server as { address?(): { port?: number } | string | null }).address?.();
    if (typeof address !== 'object' || address?.port === undefined) return;
    const path = [this.config.getGlobalPrefix(), this.options.path].map((part) =>
      part.replaceAll(/^\/|\/$/g, ''),
    );
    const below = path.filter((part) => part !== '').join('/');
    writeStderr(`nestjs-logging: http://localhost:${address.port}/${below}?token=${token}\n`);
  }
}

function makeServices(
  options: ResolvedLiveOptions,
  access: LiveAccess,
  secrets: readonly Buffer[],
): LiveServices {
  const { capacity, keep, clients } = options.records;
  const registry = overrideRegistry();
  // Of several applications in one process the last one that says something does.
  const { name = registry.instance.name, labels = registry.instance.labels } = options.instance;
  registry.instance = { name, labels };
  return {
    access,
    registry,
    ring: new RecordRing(getManager(), {
      capacity: capacity ?? 50_000,
      maxCharacters: MAX_CHARACTERS,
      keepsAlways: keep === 'always',
    }),
    tokens: options.token === false ? undefined : new TokenService(registry, secrets, options.token),
    replicas: options.replicas as Replicas | undefined,
    streams: new RecordStreams(clients ?? 20),
    traceUrl: options.traceUrl ?? null,
    actuatorDuration: options.actuatorDuration,
  };
}
