import * as v from 'valibot';
import { lazy } from '../../runtime/lazy.js';
import { handlerEntries } from '../handler-options.js';
import {
  type ActiveDjangoSettings,
  adminsSchema,
  djangoSettings,
  mailBackendSchema,
  reporterSchema,
} from './django-settings.js';
import { consoleTransport, dummyTransport, fileTransport, outboxTransport } from './mail-backends.js';
import {
  loadNodemailer,
  type MailTransport,
  nameOfServer,
  type SmtpServer,
  smtpTransportOptions,
} from './mail-transport.js';
import { addressSchema, mailhostSchema, smtpEntries } from './smtp-options.js';

const NAME = 'AdminEmailHandler';

/** The keys of an {@link AdminEmailHandler} in a configuration; what is not given is taken from the Django settings. */
export const adminEmailHandlerSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    include_html: v.optional(
      v.pipe(v.boolean(), v.description('Whether the report goes along as HTML too.')),
      false,
    ),
    email_backend: v.optional(
      v.nullable(
        v.pipe(mailBackendSchema(), v.description('What brings the mails away; default EMAIL_BACKEND.')),
      ),
    ),
    reporter_class: v.optional(
      v.nullable(
        v.pipe(reporterSchema(), v.description('Writes the report; default DEFAULT_EXCEPTION_REPORTER.')),
      ),
    ),
    admins: v.optional(
      v.pipe(adminsSchema(), v.description('The recipients; default ADMINS. None: nothing is sent.')),
    ),
    fromaddr: v.optional(v.pipe(addressSchema(), v.description('The sender; default SERVER_EMAIL.'))),
    subject_prefix: v.optional(
      v.pipe(v.string(), v.description('Before each subject; default EMAIL_SUBJECT_PREFIX.')),
    ),
    mailhost: v.optional(
      v.pipe(mailhostSchema(), v.description('The mail server; default EMAIL_HOST and EMAIL_PORT.')),
    ),
    ...smtpEntries(),
  }),
);

/** Options of {@link AdminEmailHandler}. */
export type AdminEmailHandlerOptions = v.InferInput<ReturnType<typeof adminEmailHandlerSchema>>;

/** {@link AdminEmailHandlerOptions} as checked. */
export type CheckedAdminEmailOptions = v.InferOutput<ReturnType<typeof adminEmailHandlerSchema>>;

/** What brings the mails away, and where to. */
export interface MailBackend {
  /** The mail server, as error messages name it; `undefined` where there is none. */
  readonly receiver: string | undefined;
  connect(): Promise<MailTransport>;
}

/** What brings the mails away: a transport that was given, or what makes the one that was named. */
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
