import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** A issue as an editor shows it. */
export interface Diagnostic {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** The language server that editors run for YAML, spoken to as they do: JSON-RPC over its standard streams. */
export class YamlServer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly #diagnostics = new Map<string, (found: readonly Diagnostic[]) => void>();
  #received = Buffer.alloc(0);
  #count = 0;

  constructor() {
    const program = join(repository, 'node_modules/yaml-language-server/bin/yaml-language-server');
    this.#process = spawn(process.execPath, [program, '--stdio'], { cwd: repository });
    this.#process.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  async start(): Promise<void> {
    await this.#ask('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(repository).href,
      capabilities: {
        textDocument: { completion: { completionItem: { documentationFormat: ['plaintext'] } } },
        workspace: { configuration: true },
      },
    });
    this.#send({ method: 'initialized', params: {} });
  }

  /** What is wrong with a document. */
  async check(text: string): Promise<readonly Diagnostic[]> {
    const uri = this.#newName();
    const found = new Promise<readonly Diagnostic[]>((resolve) => this.#diagnostics.set(uri, resolve));
    this.#open(uri, text);
    return await found;
  }

  /** What is offered at the `|` of a document. */
  async complete(text: string): Promise<string[]> {
    const before = text.slice(0, text.indexOf('|')).split('\n');
    const uri = this.#newName();
    this.#open(uri, text.replace('|', ''));
    const position = { line: before.length - 1, character: (before.at(-1) as string).length };
    const result = await this.#ask('textDocument/completion', { textDocument: { uri }, position });
    return (result as { items: { label: string }[] }).items.map(({ label }) => label);
  }

  /** What is shown over the `|` of a document. */
  async hover(text: string): Promise<string> {
    const before = text.slice(0, text.indexOf('|')).split('\n');
    const uri = this.#newName();
    this.#open(uri, text.replace('|', ''));
    const position = { line: before.length - 1, character: (before.at(-1) as string).length };
    const result = await this.#ask('textDocument/hover', { textDocument: { uri }, position });
    return (result as { contents: { value: string } } | null)?.contents.value ?? '';
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.#ask('shutdown', null);
    this.#send({ method: 'exit', params: null });
    await ended;
  }

  #newName(): string {
    this.#count += 1;
    return pathToFileURL(join(repository, `logging-${this.#count}.yaml`)).href;
  }

  #open(uri: string, text: string): void {
    const textDocument = { uri, languageId: 'yaml', version: 1, text };
    this.#send({ method: 'textDocument/didOpen', params: { textDocument } });
  }

  #ask(method: string, params: unknown): Promise<unknown> {
    this.#count += 1;
    const id = this.#count;
    this.#send({ id, method, params });
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  #send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      const length = Number(
        /Content-Length: (\d+)/i.exec(this.#received.toString('latin1', 0, Math.max(end, 0)))?.[1],
      );
      if (end < 0 || this.#received.length < end + 4 + length) return;
      const text = this.#received.toString('utf8', end + 4, end + 4 + length);
      this.#received = this.#received.subarray(end + 4 + length);
      this.#handle(JSON.parse(text));
    }
  }

  #handle(message: Message): void {
    const { id, method, params, result } = message;
    if (method === undefined) {
      this.#answers.get(id as number)?.(result);
    } else if (method === 'workspace/configuration') {
      const items = params?.items ?? [];
      this.#send({ id, result: items.map(({ section }) => (section === 'yaml' ? SETTINGS : {})) });
    } else if (method === 'textDocument/publishDiagnostics') {
      const found = (params?.diagnostics ?? []).map(({ range, message: text }) => ({
        line: range.start.line + 1,
        message: text,
      }));
      this.#diagnostics.get(params?.uri ?? '')?.(found);
    } else if (id !== undefined) {
      this.#send({ id, result: null });
    }
  }
}

const SETTINGS = { validate: true, completion: true, hover: true, schemaStore: { enable: false } };

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly params?: {
    readonly uri?: string;
    readonly items?: readonly { section: string }[];
    readonly diagnostics?: readonly { range: { start: { line: number } }; message: string }[];
  };
}
