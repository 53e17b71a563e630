import { BadRequestException } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';

/** What of Fastify is used here. */
interface FastifyLike {
  hasContentTypeParser?(type: RegExp): boolean;
  addContentTypeParser?(
    type: RegExp,
    options: { readonly parseAs: 'string'; readonly bodyLimit: number },
    parse: (request: unknown, body: string, done: (error: Error | null, body?: unknown) => void) => void,
  ): void;
}

const ACTUATOR = /^application\/vnd\.spring-boot\.actuator\.v[23]\+json/;

/**
 * Lets requests with Spring's media types come in: Fastify turns away what it has no parser for. On Express they are
 * read where they are requested.
 */
export function takeActuatorJson(adapter: AbstractHttpAdapter): void {
  if (adapter.getType() !== 'fastify') return;
  const fastify = adapter.getInstance<FastifyLike>();
  if (fastify.hasContentTypeParser?.(ACTUATOR) !== false) return;
  fastify.addContentTypeParser?.(
    ACTUATOR,
    { parseAs: 'string', bodyLimit: 65_536 },
    (_request, body, done) => {
      try {
        done(null, body === '' ? null : JSON.parse(body));
      } catch {
        done(new BadRequestException('the body is not JSON'));
      }
    },
  );
}
