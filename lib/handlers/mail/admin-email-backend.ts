import { whenActive } from '../../core/activation.js';
import type { CheckedAdminEmailOptions } from './admin-email-options.js';
import { type ActiveDjangoSettings, djangoSettings } from './django-settings.js';
import { consoleTransport, dummyTransport, fileTransport, outboxTransport } from './mail-backends.js';
import {
  loadNodemailer,
  type MailTransport,
  nameOfServer,
  type SmtpServer,
  smtpTransportOptions,
  warnOfServer,
} from './mail-transport.js';

const NAME = 'AdminEmailHandler';

/** What sends the mails. */
export interface MailBackend {
  /** The mail server, as error messages name it; `undefined` where there is none. */
  readonly receiver: string | undefined;
  connect(): Promise<MailTransport>;
}

/**
 * Finds what sends the mails: a transport that was given, or the one of a backend that is named as in Django.
 *
 * @throws {LoggingError} `ERR_LOGGING_FILE` if a file of TLS cannot be read.
 */
export function findBackend(options: CheckedAdminEmailOptions): MailBackend {
  const settings = djangoSettings();
  const backend = options.email_backend ?? settings.EMAIL_BACKEND;
  const without = (connect: () => Promise<MailTransport>) => ({ receiver: undefined, connect });
  if (typeof backend !== 'string') return without(async () => backend);
  const nodemailer = async () => options.nodemailer ?? (await loadNodemailer(NAME));
  switch (backend.split('.').at(-2)) {
    case 'dummy':
      return without(async () => dummyTransport());
    case 'locmem':
      return without(async () => outboxTransport());
    case 'console':
      return without(async () => consoleTransport(await nodemailer()));
    case 'filebased':
      return without(async () => fileTransport(await nodemailer(), settings.EMAIL_FILE_PATH));
    default: {
      const server = smtpServer(options, settings);
      const transport = smtpTransportOptions(server, NAME);
      whenActive({ commit: () => warnOfServer(server, NAME) });
      const connect = async () => (await nodemailer()).createTransport(transport);
      return { receiver: nameOfServer(server), connect };
    }
  }
}

/** The mail server: that of the options, or that of the settings; never parts of both. */
function smtpServer(options: CheckedAdminEmailOptions, settings: ActiveDjangoSettings): SmtpServer {
  const { mailhost, context, insecure, credentials, secure, implicitTls } = options;
  const common = { context: context ?? undefined, insecure, timeoutMs: options.timeout * 1000 };
  if (mailhost !== undefined) {
    const [host, port] = typeof mailhost === 'string' ? [mailhost, null] : mailhost;
    const tls = { implicitTls, secure: secure ?? undefined };
    return { ...common, ...tls, host, port: port ?? undefined, credentials: credentials ?? undefined };
  }
  const { EMAIL_HOST_USER: user, EMAIL_HOST_PASSWORD: password, EMAIL_TIMEOUT: seconds } = settings;
  const files = [settings.EMAIL_SSL_KEYFILE, settings.EMAIL_SSL_CERTFILE].filter(
    (file) => typeof file === 'string',
  );
  return {
    ...common,
    host: settings.EMAIL_HOST,
    port: settings.EMAIL_PORT,
    credentials: user === '' ? undefined : [user, password],
    secure: settings.EMAIL_USE_TLS || settings.EMAIL_USE_SSL ? files : undefined,
    implicitTls: settings.EMAIL_USE_SSL,
    ...(typeof seconds === 'number' ? { timeoutMs: seconds * 1000 } : {}),
  };
}
