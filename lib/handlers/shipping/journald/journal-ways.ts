import { escapeControls } from '../../../core/formatting/sanitize.js';
import { cutToBytes } from '../../../runtime/cut-text.js';
import { nodeModule } from '../../../runtime/node-module.js';
import type { DeliveryFailure } from '../../delivery/delivery-failure.js';
import { SETTLE_MS, StreamTransport } from '../../network/stream-transport.js';
import { makeUnixDatagramSocket, UnixDatagramTransport } from '../../network/unix-datagram-transport.js';
import type { SendResult } from '../destination.js';
import { textsJson } from '../field-values.js';
import { sendOrRetry } from '../send-or-retry.js';
import { delivered, type RecordVerdict, rejected, retry } from '../verdict.js';
import { fromNative, type JournalField } from './journal-entry.js';

/** How entries travel to the journal. */
export interface JournalWay {
  /** Gets ready; rejects if it cannot. */
  open(): Promise<void>;
  /** @param entries In the native protocol. */
  send(entries: readonly Buffer[], signal: AbortSignal): Promise<SendResult>;
  close(): void;
}

/** How long is waited for room in the socket, in milliseconds: it holds a few datagrams, and journald reads thousands in a second. */
const ROOM_MS = 1;

/**
 * Datagrams of the native protocol, one an entry.
 *
 * @param waitMs How long a batch may wait for room in the socket, in milliseconds.
 * @throws {LoggingError} In `open`, if `unix-dgram` is not installed.
 */
export function nativeWay(directory: string, waitMs: number): JournalWay {
  const path = `${directory}/socket`;
  const transport = new UnixDatagramTransport(path, () => makeUnixDatagramSocket(path, 'JournaldHandler'));
  const sendOne = async (entry: Buffer, mayWait: () => boolean): Promise<RecordVerdict> => {
    for (;;) {
      try {
        await transport.send([entry]);
        return delivered;
      } catch (error) {
        const { message, cause } = error as DeliveryFailure;
        const name = errorName(cause);
        if (name === 'EMSGSIZE')
          return rejected(`an entry of ${entry.length} bytes is too long for a datagram`);
        if ((name !== 'EAGAIN' && name !== 'ENOBUFS') || !mayWait()) return retry(`${message}: ${name}`);
      }
      await new Promise((resolve) => setTimeout(resolve, ROOM_MS));
    }
  };
  return {
    open: () => transport.open(),
    async send(entries, signal) {
      await transport.open();
      const deadline = Date.now() + waitMs;
      const mayWait = () => !signal.aborted && Date.now() < deadline;
      const verdicts: RecordVerdict[] = [];
      try {
        for (const entry of entries) {
          const verdict = await sendOne(entry, mayWait);
          verdicts.push(verdict);
          // What comes after it waits, so that records keep their order.
          if (verdict.outcome === 'retry')
            return verdicts.concat(entries.slice(verdicts.length).map(() => verdict));
        }
      } finally {
        // An open one would keep the process alive.
        transport.close();
      }
      return verdicts;
    },
    close: () => transport.close(),
  };
}

/** The name of the error that `unix-dgram` has a number for: `'ENOENT'` for -2. */
function errorName(cause: unknown): string {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  const { errno } = nodeModule('node:os').constants;
  const found = Object.entries(errno).find(([, number]) => number === -Number(code));
  return found?.[0] ?? String(code);
}

/** The longest line that the journal takes in one piece, unless its `LineMax` says otherwise. */
const MAX_LINE = 48 * 1_024 - 1;

/** Lines over a stream, as the output of a service arrives: the message, then the fields as JSON. */
export function streamWay(directory: string, identifier: string, isCareful: boolean): JournalWay {
  const transport = new StreamTransport({
    connect: () => {
      const socket = nodeModule('node:net').connect({ path: `${directory}/stdout` });
      // Unit, level, whether lines begin with their level, and whether they are to be sent elsewhere.
      socket.write(`${identifier}\n\n6\n1\n0\n0\n0\n`);
      return socket;
    },
    settleMs: isCareful ? SETTLE_MS : undefined,
  });
  return {
    open: () => transport.open(),
    async send(entries) {
      await sendOrRetry(transport, entries.map(lineOf));
      return delivered;
    },
    close: () => transport.close(),
  };
}

/** An entry as one line, whatever is in it. One that is too long says so, and keeps its short fields. */
function lineOf(entry: Buffer): Buffer {
  const { MESSAGE = '', PRIORITY, SYSLOG_IDENTIFIER: _, ...fields } = byName(fromNative(entry));
  const message = escapeControls(MESSAGE, true);
  const whole = Buffer.from(`<${PRIORITY}>${message} ${textsJson(fields)}\n`);
  if (whole.length <= MAX_LINE + 1) return whole;
  const json = textsJson({ ...shortFields(fields), TRUNCATED: 'true' });
  const room = MAX_LINE - Buffer.byteLength(`<${PRIORITY}> ${json}`);
  return Buffer.from(`<${PRIORITY}>${cutToBytes(message, room)} ${json}\n`);
}

/** The fields by name; the journal may have several of one name, an object has not. */
function byName(entry: readonly JournalField[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of entry) {
    let own = name;
    while (Object.hasOwn(fields, own)) own += '_';
    fields[own] = value;
  }
  return fields;
}

/** Fields of up to 1 KiB, as many as take half of a line. */
function shortFields(fields: Readonly<Record<string, string>>): Record<string, string> {
  let bytes = 0;
  const short = Object.entries(fields).filter(([name, value]) => {
    const size = Buffer.byteLength(textsJson({ [name]: value }));
    if (size > 1_024 || bytes + size > MAX_LINE / 2) return false;
    bytes += size;
    return true;
  });
  return Object.fromEntries(short);
}
