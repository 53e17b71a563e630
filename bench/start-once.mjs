/**
 * A fresh process that starts: what a large configuration takes from `forRoot` to an application whose logging is
 * active, or, with `nothing`, an application without it. Prints JSON, in milliseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LoggingModule, shutdown } from 'nestjs-logging';
import { largeConfig } from './lib/large-config.mjs';

class Application {}
const directory = mkdtempSync(path.join(tmpdir(), 'logging-bench-'));
const config = largeConfig(directory);

const started = performance.now();
const imports = process.argv[2] === 'nothing' ? [] : [LoggingModule.forRoot(config)];
const forRoot = performance.now() - started;
Module({ imports })(Application);
const app = await NestFactory.createApplicationContext(Application, { logger: false });
const active = performance.now() - started;
await app.close();
await shutdown();
rmSync(directory, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ forRoot, active }));
