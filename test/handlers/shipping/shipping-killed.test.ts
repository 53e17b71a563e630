import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { ChildProgram } from '../../support/child-program.js';
import { HttpSink } from '../../support/http-sink.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const writer = new ChildProgram(`
  import { ElasticsearchHandler } from 'lib/handlers/shipping/http/elasticsearch.handler';
  import { LogRecord } from 'lib/core/records/log-record';

  const [url, directory, first, count] = process.argv.slice(2);
  const handler = new ElasticsearchHandler({
    url, index: 'logs', batchSize: 50, flushIntervalMs: 10,
    ...(directory === '-' ? {} : { spool: { directory } }),
  });
  for (let n = Number(first); n < Number(first) + Number(count); n++) {
    handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'number ' + n + ';' }));
    if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  process.stdout.write('logged\\n');
  if (directory !== '-' && process.argv[6] === 'stay') setInterval(() => undefined, 1_000);
`);

/** An engine that keeps a document once, whatever is sent again, and answers as _bulk does. */
function engine(sink: HttpSink, documents: Map<string, string>): { repeats: number } {
  const counts = { repeats: 0 };
  sink.answer = ({ body }) => {
    const lines = body.trimEnd().split('\n');
    const items: object[] = [];
    for (let at = 0; at < lines.length; at += 2) {
      const { create } = JSON.parse(lines[at] ?? '') as { create: { _id: string } };
      const isThere = documents.has(create._id);
      if (isThere) counts.repeats += 1;
      documents.set(create._id, (JSON.parse(lines[at + 1] ?? '') as { message: string }).message);
      items.push({ create: { status: isThere ? 409 : 201 } });
    }
    // Now and then it takes a batch and forgets to say so.
    if (sink.requests.length % 7 === 3) return 'drop';
    return { status: 200, body: JSON.stringify({ errors: counts.repeats > 0, items }) };
  };
  return counts;
}

const numbersOf = (documents: Map<string, string>) =>
  [...documents.values()].map((text) => Number(/number (\d+);/.exec(text)?.[1])).sort((a, b) => a - b);

describe('a process that ships records', () => {
  const folder = useTemporaryFolder();

  it('loses none of them to kill -9 with a spool, and the engine has each once', async () => {
    const sink = await new HttpSink().listen();
    const documents = new Map<string, string>();
    const counts = engine(sink, documents);
    const [node, ...args] = writer.command;
    for (let round = 0; round < 3; round++) {
      const child = spawn(
        node,
        [...args, `http://${sink.host}`, folder.path, String(round * 1_000), '1000', 'stay'],
        { stdio: ['ignore', 'pipe', 'ignore'] },
      );
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    // The last process sends what those before it left.
    const last = spawn(node, [...args, `http://${sink.host}`, folder.path, '3000', '1', 'stay'], {
      stdio: 'ignore',
    });
    for (const deadline = Date.now() + 60_000; documents.size < 3_001 && Date.now() < deadline; )
      await new Promise((resolve) => setTimeout(resolve, 50));
    last.kill('SIGKILL');
    await once(last, 'exit');
    await sink.close();
    expect(numbersOf(documents).filter((n) => n <= 3_000)).toEqual(
      Array.from({ length: 3_001 }, (_, n) => n),
    );
    expect(counts.repeats).toBeGreaterThan(0);
  }, 120_000);

  it('sends what waits before it ends by itself, also without a spool', async () => {
    const sink = await new HttpSink().listen();
    const documents = new Map<string, string>();
    engine(sink, documents);
    const [node, ...args] = writer.command;
    const child = spawn(node, [...args, `http://${sink.host}`, '-', '0', '500'], { stdio: 'ignore' });
    await once(child, 'exit');
    await sink.close();
    expect(numbersOf(documents)).toEqual(Array.from({ length: 500 }, (_, n) => n));
  }, 60_000);
});
