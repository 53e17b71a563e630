import { createRequire } from 'node:module';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AbstractHttpAdapter } from '@nestjs/core';

/** The HTTP platforms every request is tried on. */
export const platforms: readonly { name: 'express' | 'fastify'; createAdapter: () => AbstractHttpAdapter }[] = [
  { name: 'express', createAdapter: () => new ExpressAdapter() },
  { name: 'fastify', createAdapter: () => new FastifyAdapter() as unknown as AbstractHttpAdapter },
];

/** The line of Nest the tests run with. */
export const nestMajor = Number(
  (createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string }).version.split('.', 1)[0],
);
