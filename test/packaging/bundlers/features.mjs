/** What depends on files, packages and module addresses: prints what came of each, as JSON. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  dictConfig,
  getHandlerByName,
  getLogger,
  getLoggingStats,
  loadLoggingConfig,
  shutdown,
} from 'nestjs-logging/core';

const folder = path.join(process.cwd(), 'out');
mkdirSync(folder, { recursive: true });
const results = {};

async function attempt(name, run) {
  try {
    results[name] = await run();
  } catch (error) {
    results[name] = `${error.code ?? error.name}: ${error.message.split('\n')[0]}`;
  }
}

function writeTo(handler) {
  return dictConfig({
    version: 1,
    disable_existing_loggers: false,
    handlers: { out: handler },
    root: { level: 'INFO', handlers: ['out'] },
  });
}

export async function main() {
  await attempt('suggestion', () => {
    try {
      writeTo({ class: 'logging.StreamHandlr' });
    } catch (error) {
      return /did you mean "logging.StreamHandler"/.test(error.message);
    }
    return false;
  });
  await attempt('encoding', () => {
    const filename = path.join(folder, 'koi8.log');
    writeTo({ class: 'logging.FileHandler', filename, encoding: 'koi8-r' });
    getLogger('shop').info('да');
    return readFileSync(filename).toString('hex');
  });
  await attempt('module', async () => {
    writeFileSync(
      path.join(folder, 'config.mjs'),
      "export default { version: 1, root: { level: 'ERROR' } };",
    );
    return loadLoggingConfig(path.join(folder, 'config.mjs'));
  });
  await attempt('yaml', async () => {
    writeFileSync(path.join(folder, 'config.yaml'), 'version: 1\n');
    return loadLoggingConfig(path.join(folder, 'config.yaml'));
  });
  await attempt('sending', () => {
    writeTo({ class: 'LokiHandler', url: 'http://127.0.0.1:9' });
    return getHandlerByName('out').toString();
  });
  await attempt('worker', async () => {
    const filename = path.join(folder, 'worker.log');
    writeTo({
      class: 'QueueHandler',
      worker: { handlers: { file: { class: 'logging.FileHandler', filename } } },
    });
    getLogger('shop').info('by the worker');
    const started = performance.now();
    await shutdown();
    const { handlers } = getLoggingStats();
    return {
      text: existsSync(filename) ? readFileSync(filename, 'utf8') : null,
      isQuick: performance.now() - started < 4_000,
      dropped: Math.max(0, ...handlers.map((handler) => handler.dropped)),
    };
  });
  console.log(JSON.stringify(results));
}
