/**
 * As write.mjs, through another logger: pino, winston, log4js or Nest's, each set up as its documentation shows. It is given the
 * time to open its file before, and to write what it holds before the disk is filled and after all; at the end it is asked
 * nothing, since a program that fails asks nothing either.
 */
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fillDisk } from '../support/filler.mjs';
import { lineOf } from '../support/lines.mjs';
import { config, endings, note, sleep } from './under-test.mjs';

const require = createRequire(new URL('../../../bench/package.json', import.meta.url));
const { peer, kind, filename, count, ending, filler, writer } = config;

const makers = {
  "Nest's"() {
    const { ConsoleLogger } = require('@nestjs/common');
    const log = new ConsoleLogger({ json: true, colors: false });
    return (line) => log.log(line);
  },
  pino: () => pino(false),
  'pino, sync': () => pino(true),
  winston() {
    const winston = require('winston');
    const { File, Console } = winston.transports;
    const transport = {
      console: () => new Console(),
      file: () => new File({ filename }),
      rotating: () => new File({ filename, maxsize: 20_000, maxFiles: 5_000 }),
    }[kind]();
    const log = winston.createLogger({
      transports: [transport],
      format: winston.format.printf(({ message }) => message),
    });
    log.on('error', () => {});
    return (line) => log.info(line);
  },
  log4js() {
    const log4js = require('log4js');
    const layout = { type: 'messagePassThrough' };
    const appender = {
      console: { type: 'stdout', layout },
      file: { type: 'file', filename, layout },
      rotating: { type: 'file', filename, maxLogSize: 20_000, backups: 5_000, layout },
    }[kind];
    log4js.configure({
      appenders: { out: appender },
      categories: { default: { appenders: ['out'], level: 'info' } },
    });
    const log = log4js.getLogger();
    return (line) => log.info(line);
  },
};

const log = makers[peer]();
await sleep(200);
for (let index = 0; index < count; index++) {
  if (filler !== undefined && index === count / 3) {
    await sleep(200);
    fillDisk(filler);
  }
  if (filler !== undefined && index === (2 * count) / 3) {
    await sleep(200);
    rmSync(filler);
  }
  note('i', index);
  try {
    log(lineOf(writer, index));
  } catch (error) {
    note('x', String(error));
  }
  if ((filler !== undefined || kind === 'rotating') && index % 50 === 0) await sleep(1);
}
if (filler !== undefined || kind === 'rotating') await sleep(1_500);
endings[ending ?? 'return']();

function pino(sync) {
  const make = require('pino');
  const destination = make.destination({ dest: kind === 'console' ? 1 : filename, sync });
  destination.on('error', () => {});
  const log = make(destination);
  return (line) => log.info(line);
}
