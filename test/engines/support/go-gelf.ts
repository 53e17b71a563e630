import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../support/free-port.js';
import type { GelfMessage } from '../../support/gelf-server.js';
import { type Engine, engineFile, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** Takes GELF over UDP, with the library that Graylog's makers wrote in Go. */
export interface GoGelf extends Engine {
  readonly port: number;
  /** The messages that it has taken so far, in order. */
  query(): GelfMessage[];
  /** Resolves with the messages when there are so many. */
  received(count: number, timeoutMs?: number): Promise<GelfMessage[]>;
}

/** Starts it on a port that was free. */
export async function startGoGelf(): Promise<GoGelf> {
  const folder = dataFolder('go-gelf');
  const output = path.join(folder, 'messages.jsonl');
  const port = await freePort();
  const engine = new EngineProcess(folder, {
    name: 'go-gelf',
    command: engineFile('go-gelf', 'go-gelf'),
    args: [`127.0.0.1:${port}`, output],
    ready: () => existsSync(output),
  });
  await engine.start();

  function query(): GelfMessage[] {
    const lines = readFileSync(output, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as GelfMessage);
  }
  return {
    port,
    query,
    async received(count, timeoutMs = 15_000) {
      const seen = () => `go-gelf has ${count} messages; there are ${query().length}. ${engine.printed}`;
      await until(seen, () => query().length >= count, timeoutMs);
      return query();
    },
    ...engine.controls,
  };
}
