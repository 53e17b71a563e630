import { Delete, Get, Inject, Patch, Post, Put, Req, Res } from '@nestjs/common';
import { answer, Exchange, type PlatformRequest, type PlatformResponse, RefusedRequest } from './exchange.js';
import { LIVE, type LiveServices } from './live-services.js';
import { SpringLoggers } from './spring-loggers.js';

/** The kinds of JSON that Spring's actuator speaks, the preferred one first. */
const TYPES = [
  'application/vnd.spring-boot.actuator.v3+json',
  'application/vnd.spring-boot.actuator.v2+json',
  'application/json',
] as const;

/** Of a request's body. */
const ACTUATOR_JSON = /^application\/(vnd\.spring-boot\.actuator\.v[23]\+)?json$/i;

/**
 * Spring Boot's `/actuator/loggers`, request by request. A module that mounts it derives its own controller, with path
 * and guards.
 *
 * @see https://docs.spring.io/spring-boot/api/rest/actuator/loggers.html
 */
export class ActuatorApi {
  constructor(@Inject(LIVE) protected readonly live: LiveServices) {}

  /** All loggers and groups. */
  @Get()
  all(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#answer(request, response, (exchange, type) => {
      const path = (exchange.request.url ?? '').split('?', 1)[0] ?? '';
      if (path.endsWith('/')) throw new RefusedRequest(404, 'not found');
      exchange.json(200, this.#loggers().all(), type);
    });
  }

  /** One logger or group. */
  @Get(':name')
  one(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#answer(request, response, (exchange, type) => {
      const found = this.#loggers().find(exchange.parameter('name'));
      if (found === undefined) exchange.empty(404);
      else exchange.json(200, found, type);
    });
  }

  /** Sets a level, or clears it. */
  @Post(':name')
  set(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return this.#answer(request, response, async (exchange) => {
      const isEmpty = exchange.header('content-type') === '';
      if (!isEmpty && !exchange.isJson(ACTUATOR_JSON)) throw new RefusedRequest(415, 'send JSON');
      if (isEmpty && exchange.header('content-length') !== '0') throw new RefusedRequest(415, 'send JSON');
      this.#loggers().set(exchange.parameter('name'), await exchange.body());
      exchange.empty(204);
    });
  }

  /** 405. */
  @Post()
  postAll(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return refuseMethod(request, response, 'GET');
  }

  /** 405. */
  @Put()
  putAll(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return refuseMethod(request, response, 'GET');
  }

  /** 405. */
  @Patch()
  patchAll(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return refuseMethod(request, response, 'GET');
  }

  /** 405. */
  @Delete()
  deleteAll(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return refuseMethod(request, response, 'GET');
  }

  /** 405. */
  @Put(':name')
  putOne(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return refuseMethod(request, response, 'GET, POST');
  }

  /** 405. */
  @Patch(':name')
  patchOne(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return refuseMethod(request, response, 'GET, POST');
  }

  /** 405. */
  @Delete(':name')
  deleteOne(@Req() request: PlatformRequest, @Res() response: PlatformResponse): Promise<void> {
    return refuseMethod(request, response, 'GET, POST');
  }

  #answer(
    request: PlatformRequest,
    response: PlatformResponse,
    work: (exchange: Exchange, type: string) => unknown,
  ): Promise<void> {
    return answer(new Exchange(request, response), (exchange) => {
      const type = accepted(exchange.header('accept'));
      if (type === undefined) throw new RefusedRequest(406, `only ${TYPES.join(', ')}`);
      return work(exchange, type);
    });
  }

  #loggers(): SpringLoggers {
    const { registry, actuatorDuration } = this.live;
    return new SpringLoggers(registry.manager, registry, actuatorDuration);
  }
}

function refuseMethod(request: PlatformRequest, response: PlatformResponse, allow: string): Promise<void> {
  return answer(new Exchange(request, response), (exchange) => exchange.empty(405, { allow }));
}

/** The first of our types that a client takes; `undefined` if it takes none. */
function accepted(accept: string): string | undefined {
  const ranges = accept.split(',').map((range) => range.split(';', 1)[0]!.trim().toLowerCase());
  if (accept === '' || ranges.includes('*/*') || ranges.includes('application/*')) return TYPES[0];
  return TYPES.find((type) => ranges.includes(type));
}
