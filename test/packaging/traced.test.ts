import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Consumer } from './consumer.js';

/** Something that sends, and something that has a program of its own. */
const steps = `
  dictConfig({
    version: 1,
    handlers: {
      loki: { class: 'LokiHandler', url: 'http://127.0.0.1:9' },
      queue: {
        class: 'QueueHandler',
        worker: { handlers: { file: { class: 'FileHandler', filename: 'worker.log' } } },
      },
    },
    root: { level: 'INFO', handlers: ['queue'] },
  });
  const sending = getHandlerByName('loki').toString();
  getLogger('shop').info('by the worker');
  shutdown().then(() => console.log(JSON.stringify([sending, readFileSync('worker.log', 'utf8')])));`;

const names = 'dictConfig, getHandlerByName, getLogger, shutdown';
const programs = {
  'program.mjs': `import { readFileSync } from 'node:fs';
    import { ${names} } from 'nestjs-logging/core';${steps}`,
  'program.cjs': `const { readFileSync } = require('node:fs');
    const { ${names} } = require('nestjs-logging/core');${steps}`,
};

/** Prints which files a program is seen to need. From Node 22 on the option makes no difference. */
const trace = `import { nodeFileTrace } from '@vercel/nft';
  const { fileList } = await nodeFileTrace([process.argv[2]], { moduleSyncCatchall: true });
  console.log(JSON.stringify([...fileList]));`;

describe('a program that is deployed with the files that a tracer finds, as Vercel does', () => {
  let app: Consumer;
  let folder: string;

  beforeAll(async () => {
    app = await Consumer.create('module', ['@vercel/nft@1']);
    await app.write('trace.mjs', trace);
    for (const [name, text] of Object.entries(programs)) await app.write(name, text);
    folder = await mkdtemp(join(tmpdir(), 'nestjs-logging-traced-'));
  });
  afterAll(async () => {
    await app?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(Object.keys(programs))('has the handlers and the worker of its configuration: %s', async (name) => {
    const files = JSON.parse(await app.node('trace.mjs', name)) as string[];
    const place = join(folder, name.slice(-3));
    for (const file of files) await cp(join(app.folder, file), join(place, file));
    const printed = await app.exec('sh', ['-c', 'cd "$0" && "$1" "$2"', place, process.execPath, name]);
    expect(JSON.parse(printed)).toEqual(["<LokiHandler 'loki' (NOTSET)>", 'by the worker\n']);
  });
});
