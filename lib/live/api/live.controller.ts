import { Delete, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { INFO } from '../../core/levels.js';
import { cutText } from '../../runtime/cut-text.js';
import { makeOverride, type OverrideOptions, readLevel } from '../overrides/make-override.js';
import { findRecords, readQuery } from '../records/record-query.js';
import { isAccessRecord, requestRow } from '../records/requests.js';
import type { LevelTokenOptions } from '../tokens/level-tokens.js';
import { answer, Exchange, type PlatformRequest, type PlatformResponse, RefusedRequest } from './exchange.js';
import { explainLive } from './explain.js';
import { LIVE, type LiveServices } from './live-services.js';
import { flushHandler, showHandlers, showLoggers, showOverride, showOverrides } from './loggers-view.js';
import type { ShownOverride, ShownReplicas } from './shown.js';

/** The work of a route; what it throws becomes an answer. */
type Work = (exchange: Exchange) => unknown;

/**
 * The API behind the page and the command: JSON, and server-sent events for records. A module that mounts it derives its
 * own controller, with path and guards.
 */
export class LiveApi {
  constructor(@Inject(LIVE) protected readonly live: LiveServices) {}

  /** The page, and for programs a list of endpoints. */
  @Get()
  index(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, async (exchange) => {
      exchange.response.setHeader('vary', 'accept');
      if (exchange.header('accept').includes('text/html')) {
        const { readPage } = await import('./page-content.js');
        const { html, policy } = await readPage();
        exchange.html(html, policy);
        return;
      }
      const names = [
        'session',
        'loggers',
        'overrides',
        'explain',
        'handlers',
        'replicas',
        'records',
        'requests',
        'stream',
      ];
      exchange.json(200, { api: names.map((name) => `api/${name}`) });
    });
  }

  /** This instance, its limits, and the token that every change has to carry. */
  @Get('api/session')
  session(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, (exchange) => {
      const { access, registry, ring } = this.live;
      exchange.json(200, {
        csrfToken: access.csrfToken,
        instance: registry.instance,
        process: {
          pid: process.pid,
          node: process.version,
          startedAt: Date.now() - process.uptime() * 1_000,
        },
        now: Date.now(),
        records: {
          kept: ring.size,
          capacity: ring.options.capacity,
          seq: ring.seq,
          isKeeping: ring.isKeeping,
          keepsAlways: ring.options.keepsAlways,
        },
        traceUrl: this.live.traceUrl,
      });
    });
  }

  /** The tree of loggers, and the overrides. */
  @Get('api/loggers')
  loggers(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, (exchange) => {
      const { registry } = this.live;
      const groups = Object.fromEntries(registry.manager.groups);
      exchange.json(200, { loggers: showLoggers(registry), groups, overrides: this.#showOverrides() });
    });
  }

  /** The valid overrides. */
  @Get('api/overrides')
  overrides(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, (exchange) => exchange.json(200, this.#showOverrides()));
  }

  /** Sets a level: `{ target, level, for?, reason?, by?, scope?, budget? }`. */
  @Post('api/overrides')
  setOverride(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#change(request, response, async (exchange) => {
      const { target, level, ...options } = objectOf(await exchange.body());
      const { registry, replicas } = this.live;
      const { name } = registry.instance;
      const override = makeOverride(
        target as string,
        level as string,
        options as OverrideOptions,
        name,
        registry.moment(),
      );
      registry.set(override);
      exchange.json(201, showOverride(override, registry, replicas?.status()));
    });
  }

  /** Ends an override; `?by=anna` names who does. */
  @Delete('api/overrides/:id')
  endOverride(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#change(request, response, (exchange) => {
      const by = cutText(exchange.query.get('by') ?? '', 256) || null;
      if (!this.live.registry.end(exchange.parameter('id'), by))
        throw new RefusedRequest(404, 'no such override');
      exchange.empty(204);
    });
  }

  /** Makes a token for requests: `{ level, loggers?, for?, by?, reason? }`. */
  @Post('api/tokens')
  makeToken(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#change(request, response, async (exchange) => {
      const { tokens } = this.live;
      if (tokens === undefined)
        throw new RefusedRequest(404, 'requests bring no levels along here: token is false');
      const grant = tokens.create(objectOf(await exchange.body()) as unknown as LevelTokenOptions);
      const { id, token, expiresAt } = grant;
      exchange.json(201, { id, token, expiresAt, header: tokens.header });
    });
  }

  /** Where a record would go, and why not elsewhere: `?logger=shop&level=DEBUG`. */
  @Get('api/explain')
  explain(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, (exchange) => {
      const logger = exchange.query.get('logger') || 'root';
      if (logger.length > 256) throw new RefusedRequest(400, 'longer than 256 characters');
      const level = exchange.query.get('level') ?? '';
      const levelno = level === '' ? INFO : readLevel(/^\d+$/.test(level) ? Number(level) : level);
      exchange.json(200, explainLive(logger, levelno));
    });
  }

  /** Every open handler with its counters. */
  @Get('api/handlers')
  handlers(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, (exchange) => exchange.json(200, showHandlers()));
  }

  /** Flushes a handler. */
  @Post('api/handlers/:name/flush')
  flush(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#change(request, response, async (exchange) => {
      await flushHandler(exchange.parameter('name'));
      exchange.empty(204);
    });
  }

  /** The instances that share overrides, and which version each has applied; alone, this one. */
  @Get('api/replicas')
  replicas(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, (exchange) => {
      const { registry, replicas } = this.live;
      const alone = { isConnected: false, version: 0, overrides: {}, instances: [] };
      const shown: ShownReplicas = {
        isShared: replicas !== undefined,
        instance: registry.instance.name,
        ...(replicas?.status() ?? alone),
      };
      exchange.json(200, shown);
    });
  }

  /** The newest records that match, see `readQuery`. */
  @Get('api/records')
  records(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, async (exchange) => {
      const { ring } = this.live;
      ring.look();
      const found = await findRecords(ring.newestFirst(), readQuery(exchange.query));
      exchange.json(
        200,
        found.map(({ json, ...entry }) => ({ ...entry, record: JSON.parse(json) as unknown })),
      );
    });
  }

  /** Records as they come, as server-sent events; takes the same query. */
  @Get('api/stream')
  stream(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, (exchange) => {
      const { ring, streams } = this.live;
      if (streams.size >= streams.most)
        throw new RefusedRequest(503, `${streams.most} clients are connected already`);
      const query = readQuery(exchange.query);
      // A client that is cut off tries again, and finds the next process; one that has gone needs no stream.
      if (streams.isClosed || exchange.response.destroyed) exchange.response.destroy();
      else streams.open(exchange.beginEvents(), query, ring);
    });
  }

  /** The newest requests, by their access records; takes the same query. */
  @Get('api/requests')
  requests(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#read(request, response, async (exchange) => {
      const { ring } = this.live;
      ring.look();
      const query = readQuery(exchange.query);
      const matches: typeof query.matches = (entry) => isAccessRecord(entry) && query.matches(entry);
      const found = await findRecords(ring.newestFirst(), { ...query, matches });
      exchange.json(200, found.map(requestRow).reverse());
    });
  }

  #showOverrides(): ShownOverride[] {
    return showOverrides(this.live.registry, this.live.replicas?.status());
  }

  #read(request: PlatformRequest, response: PlatformResponse, work: Work): Promise<void> {
    return answer(new Exchange(request, response), work);
  }

  #change(request: PlatformRequest, response: PlatformResponse, work: Work): Promise<void> {
    const exchange = new Exchange(request, response);
    this.live.access.checkForgery(exchange);
    return answer(exchange, work);
  }
}

function objectOf(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw new RefusedRequest(400, 'the body is not an object');
}
