import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** The HTTP platforms every request is tried on. */
export const platforms: readonly { name: 'express' | 'fastify'; createAdapter: () => AbstractHttpAdapter }[] =
  [
    { name: 'express', createAdapter: () => new ExpressAdapter() },
    { name: 'fastify', createAdapter: () => new FastifyAdapter() as unknown as AbstractHttpAdapter },
  ];
