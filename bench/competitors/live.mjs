/** An application with nestjs-logging/live, and the same without: what the module costs while nobody looks. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getLogger, LoggingModule } from 'nestjs-logging';
import { createLevelToken, LoggingLiveModule, overrideLevel, runWithLevelToken } from 'nestjs-logging/live';
import * as payload from '../lib/payload.mjs';

/** What each variant does once the application has started. */
const VARIANTS = {
  without: () => {},
  with: () => {},
  // Of another logger: all decide anew, by the same comparison.
  override: () => overrideLevel('elsewhere', 'DEBUG', { for: '1h' }),
  // In use by another request.
  token: () => runWithLevelToken(createLevelToken({ level: 'DEBUG', for: '1h' }), () => {}),
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
  VARIANTS[variant]();
  return { call: CALLS[call](getLogger(payload.LOGGER_NAME)) };
}
