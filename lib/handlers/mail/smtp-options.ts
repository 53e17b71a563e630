import * as v from 'valibot';
import { lazy } from '../../runtime/lazy.js';
import { nodeModule } from '../../runtime/node-module.js';
import { retryEntries } from '../delivery/delivery-options.js';
import { handlerEntries, portNumber } from '../handler-options.js';
import { tlsContextSchema } from '../network/tls-options.js';
import { digestSchema } from './digest.js';
import { parseAddress, parseAddresses } from './mail-address.js';
import type { Nodemailer } from './mail-transport.js';

const hostName = lazy(() =>
  v.pipe(
    v.string(),
    v.check(
      (text) => nodeModule('node:net').isIP(text) !== 0 || /^[a-z0-9._-]+$/i.test(text),
      "expected a host name or address; give a port next to it: ['mail.example.com', 587]",
    ),
  ),
);

/** Schema of a mail server. */
export const mailhostSchema = lazy(() =>
  v.pipe(
    v.union(
      [hostName(), v.tuple([hostName(), v.nullable(portNumber())])],
      "expected a host, or [host, port]: ['mail.example.com', 587]",
    ),
    v.description('The mail server; port 25 unless given, 465 with implicitTls.'),
  ),
);

/** Schema of one address. */
export const addressSchema = lazy(() =>
  v.pipe(
    v.string(),
    v.check(
      (text) => parseAddress(text) !== undefined,
      "expected one address: 'me@example.com' or 'Me <me@example.com>'",
    ),
  ),
);

/** Schema of recipients. */
const addressesSchema = lazy(() =>
  v.custom<string | readonly string[]>(
    (value) => (typeof value === 'string' || Array.isArray(value)) && parseAddresses(value) !== undefined,
    "expected an address or a list of them: 'me@example.com', 'Me <me@example.com>'",
  ),
);

/** Keys of a mail server and of how it is spoken to. */
export const smtpEntries = lazy(() => ({
  credentials: v.optional(
    v.nullable(
      v.pipe(
        v.custom<readonly [user: string, password: string]>(
          (value) =>
            Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string'),
          'expected [user, password]',
        ),
        v.description('User and password.'),
      ),
    ),
  ),
  secure: v.optional(
    v.nullable(
      v.pipe(
        v.array(v.string()),
        v.maxLength(2, 'expected [], [keyfile] or [keyfile, certfile]'),
        v.description(
          'STARTTLS: `[]`, or the files of our key and certificate. Without it nothing is encrypted.',
        ),
      ),
    ),
  ),
  implicitTls: v.optional(
    v.pipe(v.boolean(), v.description('Speaks TLS from the start, by habit on port 465.')),
    false,
  ),
  context: v.optional(
    v.pipe(
      v.nullable(tlsContextSchema()),
      v.description('How TLS is spoken: authorities, our certificate, the oldest version.'),
    ),
  ),
  insecure: v.optional(
    v.pipe(v.boolean(), v.description('Takes any certificate, and warns of that at start. For tests only.')),
    false,
  ),
  timeout: v.optional(
    v.pipe(v.number(), v.gtValue(0), v.maxValue(600), v.description('The most seconds each step may take.')),
    5,
  ),
  digest: v.optional(
    v.pipe(digestSchema(), v.description('How records are gathered in one mail; `false` for a mail each.')),
  ),
  nodemailer: v.optional(
    v.pipe(
      v.custom<Nodemailer>(
        (value) => typeof (value as { createTransport?: unknown } | null)?.createTransport === 'function',
        'expected the module nodemailer',
      ),
      v.description('The module, where it is not to be found by its name.'),
    ),
  ),
  ...retryEntries(),
}));

/** The keys of an {@link SMTPHandler} in a configuration. */
export const smtpHandlerSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    mailhost: mailhostSchema(),
    fromaddr: v.pipe(addressSchema(), v.description('The sender.')),
    toaddrs: v.pipe(addressesSchema(), v.description('The recipients.')),
    subject: v.pipe(v.string(), v.description('The subject; see getSubject.')),
    ...smtpEntries(),
  }),
);

/** Options of {@link SMTPHandler}. */
export type SMTPHandlerOptions = v.InferInput<ReturnType<typeof smtpHandlerSchema>>;
