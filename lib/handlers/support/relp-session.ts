import type { Socket } from 'node:net';
import { MAX_TRANSACTION, type RelpFrame, RelpReader, relpFrame } from './relp-frame.js';

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
  get fault(): Error | undefined {
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

  /** Sends messages together. @param answered Told of each answer; `undefined`: it will never come. */
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
  destroy(fault: Error): void {
    this.#fail(fault);
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
    if (answered === undefined) throw new Error(`the server answered what was not asked (${transaction})`);
    this.#waiting.delete(transaction);
    answered(parseAnswer(data));
  }

  #fail(fault: Error): void {
    if (this.#end !== undefined) return;
    this.#end = fault;
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
