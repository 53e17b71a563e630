import type { Socket } from 'node:net';

/** What is offered: the version that all implementations speak, and the one command that is used. */
const OFFERS = 'relp_version=0\nrelp_software=nestjs-logging\ncommands=syslog';

/** The most bytes that are read of an answer. */
const MAX_TEXT_BYTES = 1_024;

/** What a server answered to one command. */
export interface RelpAnswer {
  /** 200 is well, all else is not. */
  readonly code: number;
  readonly text: string;
}

/** The commands of one connection, each with its answer. */
export class RelpSession {
  readonly #socket: Socket;
  readonly #reader = new RelpReader();
  readonly #waiting = new Map<number, (answer: RelpAnswer | undefined) => void>();
  #transaction = 0;
  #end: Error | undefined;

  /** @param socket Connected. */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('end', () => this.#fail(new Error('the server closed the connection')));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection broke')));
  }

  /** Why no more commands can be sent; `undefined` while they can. */
  get error(): Error | undefined {
    return this.#end;
  }

  /** Agrees with the server on what is spoken. Rejects if it does not take messages of syslog. */
  async open(): Promise<void> {
    const answer = await this.#ask('open', Buffer.from(OFFERS));
    if (answer === undefined) throw this.#end ?? new Error('no answer');
    if (answer.code !== 200) throw new Error(`the server refused to begin: ${answer.code} ${answer.text}`);
    const commands = /^commands=(.*)$/m.exec(answer.text)?.[1]?.split(',');
    if (!commands?.includes('syslog')) throw new Error('the server takes no messages of syslog');
  }

  /** Sends messages together. @param answered Called with each answer; `undefined`: it will never come. */
  send(messages: readonly Buffer[], answered: (index: number, answer: RelpAnswer | undefined) => void): void {
    const frames = messages.map((message, index) =>
      this.#frame('syslog', message, (answer) => answered(index, answer)),
    );
    if (this.#end === undefined) this.#socket.write(Buffer.concat(frames));
    else this.#answerNone();
  }

  /** Takes leave, and closes the connection. */
  close(): void {
    if (this.#end === undefined) this.#socket.end(this.#frame('close', Buffer.alloc(0), () => undefined));
  }

  /** Breaks the connection off. */
  destroy(error: Error): void {
    this.#fail(error);
  }

  #ask(command: string, data: Buffer): Promise<RelpAnswer | undefined> {
    return new Promise((resolve) => {
      const frame = this.#frame(command, data, resolve);
      if (this.#end === undefined) this.#socket.write(frame);
      else this.#answerNone();
    });
  }

  #frame(command: string, data: Buffer, answered: (answer: RelpAnswer | undefined) => void): Buffer {
    this.#transaction = (this.#transaction % MAX_TRANSACTION) + 1;
    this.#waiting.set(this.#transaction, answered);
    return relpFrame(this.#transaction, command, data);
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.read(chunk)) this.#take(frame);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #take({ transaction, command, data }: RelpFrame): void {
    if (command === 'serverclose') throw new Error('the server closes the session');
    if (command !== 'rsp') return;
    const answered = this.#waiting.get(transaction);
    if (answered === undefined)
      throw new Error(`the server answered an unknown transaction (${transaction})`);
    this.#waiting.delete(transaction);
    answered(parseAnswer(data));
  }

  #fail(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#socket.destroy();
    this.#answerNone();
  }

  #answerNone(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answered of waiting) answered(undefined);
  }
}

/** `200 OK`, and for some commands more in the lines below; a bare end of the session has none of it. */
function parseAnswer(data: Buffer): RelpAnswer {
  const text = data.toString('utf8', 0, MAX_TEXT_BYTES);
  const match = /^(\d{3})(?: ?)/.exec(text);
  return match === null ? { code: 0, text } : { code: Number(match[1]), text: text.slice(match[0].length) };
}

/** The most bytes of data in an answer: servers send little text. */
const MAX_ANSWER_BYTES = 128 * 1024;

/** The longest that comes before the data: number, command of 32 letters, length. */
const MAX_HEAD_BYTES = 52;

/** Transaction numbers start over after this. */
const MAX_TRANSACTION = 999_999_999;

/** A frame as it came. */
export interface RelpFrame {
  /** Number of the transaction; 0 for a hint. */
  readonly transaction: number;
  readonly command: string;
  readonly data: Buffer;
}

/** A frame as it goes over the wire. @see https://github.com/rsyslog/librelp/blob/master/doc/relp.html */
export function relpFrame(transaction: number, command: string, data: Buffer): Buffer {
  const head = `${transaction} ${command} ${data.length}`;
  return data.length === 0
    ? Buffer.from(`${head}\n`)
    : Buffer.concat([Buffer.from(`${head} `), data, Buffer.of(0x0a)]);
}

/** Takes frames out of the bytes of a connection, in pieces as they come. */
export class RelpReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete. @throws {Error} If the bytes are not frames; the connection is then unusable. */
  read(chunk: Buffer): RelpFrame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: RelpFrame[] = [];
    for (let found = frameIn(this.#rest); found !== undefined; found = frameIn(this.#rest)) {
      frames.push(found.frame);
      this.#rest = this.#rest.subarray(found.end);
    }
    return frames;
  }
}

function frameIn(bytes: Buffer): { frame: RelpFrame; end: number } | undefined {
  // Latin1 keeps one character for one byte.
  const head = bytes.toString('latin1', 0, MAX_HEAD_BYTES);
  const match = /^(\d{1,9}) ([a-zA-Z]{1,32}) (\d{1,9})(?=[ \n])/.exec(head);
  if (match === null) {
    if (head.length < MAX_HEAD_BYTES && /^\d{0,9}( [a-zA-Z]{0,32}( \d{0,9})?)?$/.test(head)) return undefined;
    throw new Error('the server does not speak RELP');
  }
  const [whole, transaction, command = '', length] = match;
  const dataLength = Number(length);
  if (dataLength > MAX_ANSWER_BYTES) throw new Error(`the server announced ${dataLength} bytes`);
  const start = whole.length + (dataLength > 0 ? 1 : 0);
  const end = start + dataLength;
  if (bytes.length <= end) return undefined;
  if (bytes[end] !== 0x0a) throw new Error('the server sent a frame that does not end');
  return {
    frame: { transaction: Number(transaction), command, data: bytes.subarray(start, end) },
    end: end + 1,
  };
}
