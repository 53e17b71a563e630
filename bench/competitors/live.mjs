/** An application with nestjs-logging/live, and the same without: what the module costs while nobody looks. */
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger, LoggingModule, runInContext } from 'nestjs-logging';
import { createLevelToken, LoggingLiveModule, overrideLevel, runWithLevelToken } from 'nestjs-logging/live';
import * as payload from '../lib/payload.mjs';

/** What each variant does once the application has started. */
const VARIANTS = {
  without: () => {},
  with: () => {},
  // Of another logger: all decide anew, by the same comparison.
  override: () => overrideLevel('elsewhere', 'DEBUG', { for: '1h' }),
  // A request carried it, and nothing of that request is left.
  used: () => runWithLevelToken(createLevelToken({ level: 'DEBUG', for: '1h' }), () => {}),
  // Another request carries it, and something of that request is always left: a timer.
  token: () =>
    runWithLevelToken(createLevelToken({ level: 'DEBUG', for: '1h' }), () =>
      setTimeout(() => {}, 1e9).unref(),
    ),
  kept: () => {},
};

const CALLS = {
  info: (logger) => (i) => logger.info(payload.message(i)),
  extra: (logger) => (i) => logger.info(payload.message(i), { extra: payload.fields(i) }),
  debug: (logger) => (i) => logger.debug(payload.message(i)),
};

/** @param name `variant call`, for example `with info`. The handler throws records away: what is left is the call. */
export async function create(name) {
  const [variant, call] = name.split(' ');
  const keep = variant === 'kept' ? 'always' : 'watched';
  class AppModule {}
  Module({
    imports: [
      LoggingModule.forRoot({
        version: 1,
        handlers: { nothing: { class: 'NullHandler' } },
        root: { level: 'INFO', handlers: ['nothing'] },
      }),
      ...(variant === 'without'
        ? []
        : [LoggingLiveModule.forRoot({ guards: [{ canActivate: () => true }], records: { keep } })]),
    ],
  })(AppModule);
  await NestFactory.createApplicationContext(AppModule, { logger: false });
  // Whoever answers requests runs in contexts; until the first one it costs nothing to ask for them.
  runInContext({}, () => {});
  VARIANTS[variant]();
  await collectGarbage();
  return { call: CALLS[call](getLogger(payload.LOGGER_NAME)) };
}

/** What a server under load does every few seconds or minutes by itself. */
async function collectGarbage() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (let n = 0; n < 3; n += 1) {
    collect();
    await sleep(10);
  }
}
