/**
 * The process behind runTypeScript(): imports one example after the other, each in its own folder and with logging
 * as it is in a fresh process. A line with U+0001 on standard output goes before each.
 */
import { readFileSync, writeSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { shutdown } from 'nestjs-logging/core';
import { resetLogging } from '../reset-logging.js';

const jobs = JSON.parse(readFileSync(0, 'utf8')) as { file: string; cwd: string }[];
const { staticInstanceRef } = Logger as unknown as { staticInstanceRef: Logger };
for (const { file, cwd } of jobs) {
  writeSync(1, '\u0001\n');
  process.chdir(cwd);
  try {
    await import(file);
  } catch (error) {
    // As Node prints what a program did not catch.
    writeSync(2, `${error instanceof Error ? error.stack : String(error)}\n`);
  }
  await shutdown();
  resetLogging();
  // `logger: false` of one example is not meant for the next.
  Logger.overrideLogger(staticInstanceRef);
}
process.exit();
