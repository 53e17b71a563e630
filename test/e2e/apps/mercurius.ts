/** Runs the GraphQL operations with Mercurius on Fastify, and prints what came of them. */
import 'reflect-metadata';
import { MercuriusDriver } from '@nestjs/mercurius';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type GraphqlVariant, runOperations } from '../support/graphql-run.js';

const variant = JSON.parse(process.argv[2] ?? '{}') as GraphqlVariant;
const runs = await runOperations(MercuriusDriver, () => new FastifyAdapter() as never, variant);
process.stdout.write(JSON.stringify(runs));
