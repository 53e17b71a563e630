import { freePort } from '../../support/free-port.js';
import { type Engine, engineFile, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** An event of a log stream. */
export interface CloudWatchEvent {
  readonly logStreamName: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/**
 * Moto in place of CloudWatch Logs: the same API, kept in memory, so that a kill or a restart empties it.
 * It takes any credentials and does not check signatures.
 */
export interface Moto extends Engine {
  /** What the SDK takes as endpoint. */
  readonly url: string;
  /** Any operation of the API, like `CreateLogGroup`. @throws Error if it answers an error. */
  request(operation: string, input: unknown): Promise<unknown>;
  /** All events of a log group, by time. */
  query(logGroup: string): Promise<CloudWatchEvent[]>;
  /** Resolves with the events when there are so many. */
  received(logGroup: string, count: number, timeoutMs?: number): Promise<CloudWatchEvent[]>;
}

// Moto recognises by it which service is meant.
const authorization =
  'AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0';

/** Starts moto on a port that was free. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const engine = new EngineProcess(dataFolder('moto'), {
    name: 'moto',
    command: engineFile('moto', 'bin', 'moto_server'),
    args: ['--host', '127.0.0.1', '--port', String(port)],
    ready: async () => (await fetch(`${url}/moto-api/data.json`)).ok,
  });
  await engine.start();

  async function request(operation: string, input: unknown): Promise<unknown> {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        Authorization: authorization,
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `Logs_20140328.${operation}`,
      },
      body: JSON.stringify(input),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`moto answered ${answer.status} to ${operation}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }
  async function query(logGroupName: string): Promise<CloudWatchEvent[]> {
    const found: CloudWatchEvent[] = [];
    let nextToken: string | null | undefined;
    do {
      const input = { logGroupName, limit: 10_000, ...(nextToken && { nextToken }) };
      const page = (await request('FilterLogEvents', input)) as Page;
      found.push(...page.events);
      nextToken = page.nextToken;
    } while (nextToken);
    return found;
  }
  return {
    url,
    request,
    query,
    async received(logGroup, count, timeoutMs = 15_000) {
      let events: CloudWatchEvent[] = [];
      await until(
        `CloudWatch has ${count} events in ${logGroup}`,
        async () => {
          events = await query(logGroup);
          return events.length >= count;
        },
        timeoutMs,
      );
      return events;
    },
    ...engine.controls,
  };
}

interface Page {
  readonly events: readonly CloudWatchEvent[];
  readonly nextToken?: string | null;
}
