import './http/keep-tmp.mjs';
import { NestFactory } from '@nestjs/core'; import { VARIANTS } from './http/variants-tmp.mjs'; import { FastifyAdapter } from '@nestjs/platform-fastify';
const [variant, n] = process.argv.slice(2);
if (variant.includes('@')) process.env.NOGUARD = '1';
const { module, create, ready } = await VARIANTS[variant.split('@')[0]]();
const app = await NestFactory.create(module, new FastifyAdapter(), create); await ready?.(app); await app.init(); const f = app.getHttpAdapter().getInstance(); await f.ready();
const batch = () => Promise.all(Array.from({ length: 20 }, () => f.inject('/hello')));
for (let i = 0; i < +n; i += 20) await batch();
process.exit(0);
