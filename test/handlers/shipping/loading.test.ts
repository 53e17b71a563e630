import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { compiledUrl } from '../../support/compiled-sources.js';

const core = compiledUrl(new URL('../../../lib/core.ts', import.meta.url));

/** Prints the packages that are looked for, when they are. */
const hooks = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  export async function resolve(specifier, context, next) {
    if (/^[@\\w]/.test(specifier) && !/^(node|file|data):/.test(specifier)) writeSync(1, 'package ' + specifier + '\\n');
    return next(specifier, context);
  }
`)}`;

/** The lines that a program prints which imports the package, then runs. */
async function printed(program: string): Promise<string[]> {
  const code = `
    import { register } from 'node:module';
    import { writeSync } from 'node:fs';
    const say = (line) => writeSync(1, line + '\\n');
    const builtins = () => process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13));
    register(${JSON.stringify(hooks)});
    await import('data:text/javascript,');
    const before = new Set(builtins());
    const { dictConfig, getLogger, shutdown } = await import(${JSON.stringify(core)});
    for (const name of builtins()) if (!before.has(name)) say('builtin ' + name);
    ${program}
    process.exit(0);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module', '--eval', code],
  ]);
  return stdout.trim().split('\n');
}

const configured = (handler: object) => `
  say('configured');
  dictConfig({ version: 1, handlers: { one: ${JSON.stringify(handler)} }, root: { level: 'INFO', handlers: ['one'] } });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
`;

/** Of Node itself, what only destinations need. */
const SLOW = ['crypto', 'dgram', 'http', 'https', 'net', 'tls', 'worker_threads', 'zlib'];

describe('importing the package', () => {
  it('loads no client of a destination, and nothing of Node that only destinations need', async () => {
    const lines = await printed(configured({ class: 'NullHandler' }));
    expect(lines).toContain('configured');
    const packages = lines.filter((line) => line.startsWith('package '));
    expect(packages).toEqual([]);
    expect(lines.filter((line) => SLOW.some((name) => line === `builtin ${name}`))).toEqual([]);
  });

  it('loads a client when a configuration names its destination, and no other', async () => {
    const kafka = { class: 'KafkaHandler', brokers: ['127.0.0.1:9'], topic: 'logs' };
    const lines = await printed(configured(kafka));
    const at = lines.indexOf('configured');
    expect(lines.slice(0, at).join()).not.toContain('kafkajs');
    const clients = [
      'kafkajs',
      ...['ioredis', 'amqplib', '@nats-io/transport-node', '@nats-io/jetstream', '@msgpack/msgpack'],
      ...['@aws-sdk/client-cloudwatch-logs', '@opentelemetry/api-logs', 'unix-dgram', 'nodemailer'],
    ];
    const loaded = lines.slice(at).filter((line) => clients.some((name) => line === `package ${name}`));
    expect(loaded).toEqual(['package kafkajs']);
  });

  it('loads none for a destination over HTTP', async () => {
    const lines = await printed(configured({ class: 'OTLPHandler', endpoint: 'http://127.0.0.1:9' }));
    expect(lines.slice(lines.indexOf('configured')).filter((line) => line.startsWith('package '))).toEqual(
      [],
    );
  });
});
