import * as v from 'valibot';
import { lazy } from '../../runtime/lazy.js';
import { handlerEntries } from '../handler-options.js';
import { adminsSchema, mailBackendSchema, reporterSchema } from './django-settings.js';
import { addressSchema, mailhostSchema, smtpEntries } from './smtp-options.js';

/** The keys of an AdminEmailHandler in a configuration; what is not given is taken from the Django settings. */
export const adminEmailHandlerSchema = lazy(() =>
  v.pipe(
    v.strictObject({
      ...handlerEntries(),
      include_html: v.optional(
        v.pipe(v.boolean(), v.description('Whether the report goes along as HTML too.')),
        false,
      ),
      email_backend: v.optional(
        v.nullable(
          v.pipe(mailBackendSchema(), v.description('What sends the mails; default EMAIL_BACKEND.')),
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
    // Passed over, they would leave a password unsent, or a connection in the clear.
    v.check(
      (o) => ofServer(o).length === 0 || o.mailhost !== undefined,
      ({ input }) =>
        `${ofServer(input as OfServer).join(', ')}: belongs to mailhost; without it the server is that of the Django settings, with EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS and EMAIL_USE_SSL`,
    ),
  ),
);

/** The options that say how the server of `mailhost` is spoken to. */
interface OfServer {
  readonly credentials?: unknown;
  readonly secure?: unknown;
  readonly implicitTls?: boolean | undefined;
}

function ofServer({ credentials, secure, implicitTls }: OfServer): string[] {
  const given = { credentials, secure, implicitTls: implicitTls || undefined };
  return Object.entries(given).flatMap(([name, value]) => (value == null ? [] : [name]));
}

/** Options of AdminEmailHandler. */
export type AdminEmailHandlerOptions = v.InferInput<ReturnType<typeof adminEmailHandlerSchema>>;

/** {@link AdminEmailHandlerOptions} as checked. */
export type CheckedAdminEmailOptions = v.InferOutput<ReturnType<typeof adminEmailHandlerSchema>>;
