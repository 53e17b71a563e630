import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../support/free-port.js';
import { type Engine, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';
import { javaArguments, javaReadyWithinMs } from './java.js';

/** A document as OpenSearch answers it. */
export interface FoundDocument {
  readonly _index: string;
  readonly _id: string;
  readonly _source: Readonly<Record<string, unknown>>;
}

/** An OpenSearch node of one's own. What it has acknowledged survives a kill: its translog is synced by default. */
export interface OpenSearch extends Engine {
  /** Its HTTP address. */
  readonly url: string;
  /** Any request of its API, with the answer's JSON. @throws Error if it answers an error. */
  request(method: string, path: string, body?: unknown): Promise<unknown>;
  /** All documents of an index, data stream or pattern that match a query of its DSL, in no order. */
  query(index: string, query?: unknown): Promise<FoundDocument[]>;
  /** Resolves with the documents when there are so many. */
  received(index: string, count: number, timeoutMs?: number): Promise<FoundDocument[]>;
}

/** Starts a node on a port that was free. */
export async function startOpenSearch(): Promise<OpenSearch> {
  const folder = dataFolder('opensearch');
  mkdirSync(path.join(folder, 'config'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const engine = new EngineProcess(folder, {
    name: 'OpenSearch',
    command: 'java',
    args: [...javaArguments('opensearch', 512), 'Main', folder, String(port)],
    ready: async () => (await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`)).ok,
    readyWithinMs: javaReadyWithinMs,
  });
  await engine.start();

  async function request(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(url + path, {
      method,
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`OpenSearch answered ${answer.status} to ${method} ${path}: ${text}`);
    return JSON.parse(text);
  }
  async function query(index: string, query: unknown = { match_all: {} }): Promise<FoundDocument[]> {
    await request('POST', `/${index}/_refresh?ignore_unavailable=true`);
    // A search gives 10,000 at most; a scroll gives all.
    let page = (await request('POST', `/${index}/_search?ignore_unavailable=true&scroll=1m`, {
      size: 5_000,
      query,
    })) as Page;
    const found = [...page.hits.hits];
    while (page.hits.hits.length > 0) {
      page = (await request('POST', '/_search/scroll', {
        scroll: '1m',
        scroll_id: page._scroll_id,
      })) as Page;
      found.push(...page.hits.hits);
    }
    await request('DELETE', '/_search/scroll', { scroll_id: page._scroll_id });
    return found;
  }
  return {
    url,
    request,
    query,
    async received(index, count, timeoutMs = 30_000) {
      let found: FoundDocument[] = [];
      await until(
        `OpenSearch has ${count} documents in ${index}`,
        async () => {
          found = await query(index);
          return found.length >= count;
        },
        timeoutMs,
      );
      return found;
    },
    ...engine.controls,
  };
}

interface Page {
  readonly _scroll_id: string;
  readonly hits: { readonly hits: readonly FoundDocument[] };
}
