import path from 'node:path';
import { LoggingError } from '../../core/errors.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { nodeModule } from '../../runtime/node-module.js';
import type { MailMessage, MailTransport, Nodemailer } from './mail-transport.js';

/** The most mails {@link mailOutbox} keeps. */
const MAX_OUTBOX = 1_000;

const outbox = globalSlot('mail-outbox.1', (): { readonly mails: MailMessage[] } => ({ mails: [] }));

/** What was sent through `django.core.mail.backends.locmem.EmailBackend`, oldest first, for tests; at most 1,000. */
export function mailOutbox(): MailMessage[] {
  return outbox.mails;
}

/** Keeps mails in {@link mailOutbox}. */
export function outboxTransport(): MailTransport {
  return {
    sendMail: async (message) => {
      outbox.mails.push(message);
      if (outbox.mails.length > MAX_OUTBOX) outbox.mails.shift();
    },
  };
}

/** Sends nothing. */
export function dummyTransport(): MailTransport {
  return { sendMail: async () => undefined };
}

/** Writes mails to standard output. */
export function consoleTransport(nodemailer: Nodemailer): MailTransport {
  return rawTransport(nodemailer, async (raw) => {
    process.stdout.write(`${raw.toString()}\n${'-'.repeat(79)}\n`);
  });
}

/**
 * Writes each mail to a file of its own.
 *
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS` if there is no folder to write to.
 */
export function fileTransport(nodemailer: Nodemailer, folder: string | undefined): MailTransport {
  if (folder === undefined) {
    throw new LoggingError(
      'ERR_LOGGING_OPTIONS',
      'email_backend: the file backend needs the setting EMAIL_FILE_PATH',
    );
  }
  let count = 0;
  return rawTransport(nodemailer, async (raw) => {
    const { mkdir, writeFile } = nodeModule('node:fs/promises');
    await mkdir(folder, { recursive: true, mode: 0o750 });
    count += 1;
    const name = `${new Date().toISOString().replace(/[:.]/g, '-')}-${process.pid}-${count}.log`;
    await writeFile(path.join(folder, name), raw, { flag: 'wx', mode: 0o640 });
  });
}

function rawTransport(nodemailer: Nodemailer, write: (raw: Buffer) => Promise<void>): MailTransport {
  const composer = nodemailer.createTransport({ streamTransport: true, buffer: true });
  return {
    sendMail: async (message) => {
      const { message: raw } = (await composer.sendMail(message)) as { message: Buffer };
      await write(raw);
    },
  };
}
