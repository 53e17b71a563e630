import type { IncomingMessage } from 'node:http';
import { randomUuid } from '../work/random-uuid.js';
import { runOutside } from '../work/running-work.js';
import { callOption } from './application-callbacks.js';
import type { PlatformRequest } from './http-log-options.js';
import type { ResolvedRequestIdOption } from './request-id-options.js';

/** W3C Trace Context: version, trace, parent and flags; a version of ff and a trace of zeros are none. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-.*)?$/;
/** AWS: fields in any order. `Root` stays the same for a request on all its way. */
const AMAZON = /(?:^|;) *Root=(1-[\da-f]{8}-[\da-f]{24})(?:;|$)/i;
/** Google Cloud: the trace, then the span. */
const GOOGLE = /^([\da-f]{32})(?:\/|$)/i;

/** Headers that hold more than an id, and which part is the id. */
const PARTS: Readonly<Record<string, RegExp>> = {
  traceparent: TRACEPARENT,
  'x-amzn-trace-id': AMAZON,
  'x-cloud-trace-context': GOOGLE,
};

/** Characters of a header that are looked at. */
const MAX_HEADER = 512;
/** Whatever an application accepts, an id goes into a header: it is printable ASCII of a bounded length. */
const SENDABLE = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;

/** Fastify's default ids: a count, the same in every process. */
const FASTIFY_COUNT = /^req-[\da-z]+$/;

/** Whether an id can be sent in a header. */
export function isSendable(id: string): boolean {
  return SENDABLE.test(id);
}

/** Gives ids to requests, and to messages by the same headers. */
export class RequestIds {
  readonly #options: ResolvedRequestIdOption;

  constructor(options: ResolvedRequestIdOption) {
    this.#options = options;
  }

  /** The id of a request: of the first header that has one that is accepted, else a generated one. */
  ofRequest(request: IncomingMessage): string {
    const { headers } = request;
    return this.#find(this.#options.headers, (name) => headers[name]) ?? this.#generate(request);
  }

  /** The id of a message. @param header Gives a header of it by the name in small letters. */
  ofMessage(header?: (name: string) => unknown): string {
    return (header && this.#find(this.#options.messageHeaders, header)) ?? randomUuid();
  }

  /**
   * The id that the platform gave a request, where the application has chosen how: by Fastify's `genReqId` or
   * `requestIdHeader`. `undefined` where the option `requestId` overrides it, or the id is not accepted.
   */
  ofPlatform({ id, headers }: PlatformRequest): string | undefined {
    if (this.#options.isChosen || typeof id !== 'string') return undefined;
    // With `requestIdHeader`, what a client sends may look like a count.
    if (FASTIFY_COUNT.test(id) && !isAmong(headers, id)) return undefined;
    return this.#accepts(id) ? id : undefined;
  }

  #find(names: readonly string[], header: (name: string) => unknown): string | undefined {
    for (const name of names) {
      const value = header(name);
      if (typeof value !== 'string' || value.length > MAX_HEADER) continue;
      const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
      const id = part === undefined ? value : part.exec(value)?.[1];
      if (id !== undefined && this.#accepts(id)) return id;
    }
    return undefined;
  }

  #generate(request: IncomingMessage): string {
    const { generate } = this.#options;
    if (generate === undefined) return randomUuid();
    const made: unknown = callOption('requestId', () => runOutside(() => generate(request)));
    const id = typeof made === 'number' || typeof made === 'bigint' ? String(made) : made;
    return typeof id === 'string' && this.#accepts(id) ? id : randomUuid();
  }

  #accepts(id: string): boolean {
    const { accept } = this.#options;
    if (!SENDABLE.test(id)) return false;
    if (typeof accept === 'function')
      return callOption('requestId', () => runOutside(() => accept(id))) === true;
    accept.lastIndex = 0;
    return accept.test(id);
  }
}

/** Whether a header has this text; without a list of all values, as this is asked for every request of Fastify. */
function isAmong(headers: object, text: string): boolean {
  for (const name in headers) if ((headers as Record<string, unknown>)[name] === text) return true;
  return false;
}
