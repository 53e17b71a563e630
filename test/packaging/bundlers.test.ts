import { execFile } from 'node:child_process';
import { copyFile, cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transformFile } from '@swc/core';
import { Consumer, repository } from './consumer.js';

const run = promisify(execFile);
const fixtures = join(repository, 'test/packaging/bundlers');

/** Whether the bundler puts the worker's program beside the bundle by itself, and finds `iconv-lite` by itself. */
const bundlers = [
  { bundler: 'esbuild', takesWorker: false, takesIconv: true },
  { bundler: 'rolldown', takesWorker: false, takesIconv: true },
  { bundler: 'webpack', takesWorker: true, takesIconv: true },
  { bundler: 'rspack', takesWorker: true, takesIconv: true },
  { bundler: 'ncc', takesWorker: true, takesIconv: false },
];
const formats = ['esm', 'cjs'] as const;
const cases = bundlers.flatMap((bundler) => formats.map((format) => ({ ...bundler, format })));

/** A bundle in a folder of its own, far from any node_modules. */
class Bundle {
  constructor(
    readonly folder: string,
    readonly name: string,
  ) {}

  async run(): Promise<string> {
    const options = { cwd: this.folder, env: { ...process.env, NODE_OPTIONS: '' } };
    const { stdout } = await run(process.execPath, [this.name], options);
    return stdout;
  }
}

/** Installs an application with the bundlers, bundles an entry of it and moves the bundle away. */
class Workshop {
  readonly #made: string[] = [];
  private constructor(readonly app: Consumer) {}

  static async create(nest: 11 | 12): Promise<Workshop> {
    const packages = ['common', 'core', 'platform-express'].map((name) => `@nestjs/${name}@${nest}`);
    const tools = ['esbuild@0.28', 'rolldown@1.2.19', 'webpack@5', '@rspack/core@2', '@vercel/ncc@0.45'];
    const others = ['reflect-metadata@0.2', 'rxjs@7', 'iconv-lite@0.7'];
    return new Workshop(await Consumer.create('module', [...packages, ...others, ...tools]));
  }

  async bundle(bundler: string, format: string, entry: string, ...flags: string[]): Promise<Bundle> {
    const built = join(this.app.folder, `built-${bundler}-${format}`);
    const printed = await this.app.node(
      join(fixtures, 'bundle.mjs'),
      bundler,
      format,
      entry,
      built,
      ...flags,
    );
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-logging-bundle-'));
    this.#made.push(folder);
    await cp(built, folder, { recursive: true });
    await rm(built, { recursive: true });
    return new Bundle(folder, printed.trim().split('\n').at(-1) ?? '');
  }

  async remove(): Promise<void> {
    await this.app?.remove();
    for (const folder of this.#made) await rm(folder, { recursive: true, force: true });
  }
}

describe.each(cases)('a bundle of $bundler ($format)', ({ bundler, format, takesWorker, takesIconv }) => {
  let results: Record<string, unknown>;

  beforeAll(async () => {
    const bundle = await (await workshop(12)).bundle(bundler, format, await features(takesIconv));
    if (!takesWorker) {
      const program = join((await workshop(12)).app.folder, 'node_modules/nestjs-logging/dist/esm/worker.js');
      await copyFile(program, join(bundle.folder, 'nestjs-logging-worker.js'));
    }
    results = JSON.parse(await bundle.run());
  });

  it('explains a mistake with a suggestion', () => expect(results.suggestion).toBe(true));

  it('encodes with iconv-lite', () => expect(results.encoding).toBe('c4c10a'));

  it('loads a configuration from a module', () => {
    expect(results.module).toEqual({ version: 1, root: { level: 'ERROR' } });
  });

  it('is built without the optional packages, and says which one is missing', () => {
    expect(results.yaml).toMatch(/^ERR_LOGGING_MISSING_PACKAGE: .*npm install yaml/);
  });

  it('has the handlers that send records', () =>
    expect(results.sending).toBe("<LokiHandler 'out' (NOTSET)>"));

  it('runs the worker of a QueueHandler', () => {
    expect(results.worker).toEqual({ text: 'by the worker\n', isQuick: true, dropped: 0 });
  });
});

describe('an application that does not start, in a bundle that shortens the names of classes', () => {
  it.each(['esbuild', 'webpack'])('of %s, says why through its handlers', async (bundler) => {
    const { app } = await workshop(12);
    const bundle = await (await workshop(12)).bundle(bundler, 'cjs', await failing(app), 'mangle');
    expect(await bundle.run()).toContain('no database');
    expect(await readFile(join(bundle.folder, 'app.log'), 'utf8')).toMatch(/^ERROR\|no database/m);
  });
});

describe.each([11, 12] as const)('a Nest %i application in a minified bundle', (nest) => {
  // Nest 11 is CommonJS, whatever the bundle is; and one bundler of each kind shows what that changes.
  const some = cases.filter(({ bundler, format }) => format === 'cjs' && /^(esbuild|webpack)$/.test(bundler));
  it.each(nest === 12 ? cases : some)(
    'of $bundler ($format) logs as it does without one',
    async ({ bundler, format }) => {
      const { app } = await workshop(nest);
      const bundle = await (await workshop(nest)).bundle(bundler, format, await application(app), 'minify');
      const { orders, page } = JSON.parse(await bundle.run()) as { orders: unknown; page: [number] };
      expect(orders).toEqual([200, '{"paid":7}', 500]);
      expect(page[0]).toBe(200);
      const log = await readFile(join(bundle.folder, 'app.log'), 'utf8');
      expect(log).toContain('INFO|shop.orders|order 7 paid|123\n');
      expect(log.match(/^INFO\|nest\.server\|/gm)).toHaveLength(1);
      expect(log.match(/^ERROR\|nest\.request\|/gm)).toHaveLength(1);
      expect(log).toContain('INFO|nest.NestFactory|');
    },
  );
});

const workshops = new Map<number, Promise<Workshop>>();

function workshop(nest: 11 | 12): Promise<Workshop> {
  const there = workshops.get(nest) ?? Workshop.create(nest);
  workshops.set(nest, there);
  return there;
}

afterAll(async () => {
  for (const made of workshops.values()) await (await made).remove();
});

async function features(findsIconv: boolean): Promise<string> {
  const { app } = await workshop(12);
  for (const name of ['features.mjs', 'found.mjs', 'provided.mjs'])
    await app.write(name, await readFile(join(fixtures, name), 'utf8'));
  return join(app.folder, findsIconv ? 'found.mjs' : 'provided.mjs');
}

function application(app: Consumer): Promise<string> {
  return compile(app, join(repository, 'test/packaging/app/main.ts'));
}

function failing(app: Consumer): Promise<string> {
  return compile(app, join(fixtures, 'failing.ts'));
}

async function compile(app: Consumer, source: string): Promise<string> {
  const { code } = await transformFile(source, {
    swcrc: false,
    module: { type: 'es6' },
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  await app.write('main.mjs', code);
  return join(app.folder, 'main.mjs');
}
