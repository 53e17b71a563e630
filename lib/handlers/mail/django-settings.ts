import * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import { checkOptions } from '../../core/options.js';
import { setDebugMode } from '../../runtime/debug-mode.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { lazy } from '../../runtime/lazy.js';
import { portNumber } from '../handler-options.js';
import { ExceptionReporter, type ExceptionReporterClass } from './exception-reporter.js';
import { parseAddress } from './mail-address.js';
import type { MailTransport } from './mail-transport.js';

/** Schema of `ADMINS`: addresses, or, as before Django 6, pairs of name and address. */
export const adminsSchema = lazy(() =>
  v.pipe(
    v.array(v.union([v.string(), v.tuple([v.string(), v.string()])])),
    v.transform((admins) =>
      admins.map((admin) =>
        typeof admin === 'string' ? admin : `"${admin[0].replaceAll('"', '')}" <${admin[1]}>`,
      ),
    ),
    v.check(
      (admins) => admins.every((admin) => parseAddress(admin)),
      "expected addresses: 'ada@example.com', or ['Ada', 'ada@example.com']",
    ),
  ),
);

const secretText = lazy(() => v.custom<string>((value) => typeof value === 'string', 'expected a string'));

/** Schema of where mails go: the name of one of Django's backends, or a transport. */
export const mailBackendSchema = lazy(() =>
  v.union(
    [
      v.custom<MailTransport>(
        (value) => typeof (value as { sendMail?: unknown } | null)?.sendMail === 'function',
      ),
      v.picklist([
        'django.core.mail.backends.smtp.EmailBackend',
        'django.core.mail.backends.console.EmailBackend',
        'django.core.mail.backends.filebased.EmailBackend',
        'django.core.mail.backends.locmem.EmailBackend',
        'django.core.mail.backends.dummy.EmailBackend',
      ]),
    ],
    'expected django.core.mail.backends.{smtp,console,filebased,locmem,dummy}.EmailBackend, or an object with sendMail(message)',
  ),
);

/** Schema of what makes the traceback part of a mail: a class, or its registered name. */
export const reporterSchema = lazy(() =>
  v.union(
    [
      v.pipe(v.string(), v.nonEmpty()),
      v.custom<ExceptionReporterClass>((value) => typeof value === 'function'),
    ],
    'expected a class derived from ExceptionReporter, or its registered name',
  ),
);

const settingsSchema = lazy(() =>
  v.strictObject({
    DEBUG: v.optional(v.boolean()),
    ADMINS: v.optional(adminsSchema(), []),
    SERVER_EMAIL: v.optional(
      v.pipe(
        v.string(),
        v.check((text) => parseAddress(text) !== undefined, 'expected an address'),
      ),
      'root@localhost',
    ),
    EMAIL_SUBJECT_PREFIX: v.optional(v.string(), '[Django] '),
    EMAIL_BACKEND: v.optional(mailBackendSchema(), 'django.core.mail.backends.smtp.EmailBackend'),
    EMAIL_HOST: v.optional(v.string(), 'localhost'),
    EMAIL_PORT: v.optional(portNumber()),
    EMAIL_HOST_USER: v.optional(v.string(), ''),
    EMAIL_HOST_PASSWORD: v.optional(secretText(), ''),
    EMAIL_USE_TLS: v.optional(v.boolean(), false),
    EMAIL_USE_SSL: v.optional(v.boolean(), false),
    EMAIL_SSL_KEYFILE: v.optional(v.nullable(v.string())),
    EMAIL_SSL_CERTFILE: v.optional(v.nullable(v.string())),
    EMAIL_TIMEOUT: v.optional(v.nullable(v.pipe(v.number(), v.gtValue(0), v.maxValue(600)))),
    EMAIL_FILE_PATH: v.optional(v.string()),
    INTERNAL_IPS: v.optional(v.array(v.string()), []),
    DEFAULT_EXCEPTION_REPORTER: v.optional(reporterSchema(), 'django.views.debug.ExceptionReporter'),
  }),
);

/** What the classes of Django's dictionaries read from `django.conf.settings`, under Django's names and with its defaults. */
export type DjangoSettings = v.InferInput<ReturnType<typeof settingsSchema>>;

/** {@link DjangoSettings} with all defaults. */
export type ActiveDjangoSettings = v.InferOutput<ReturnType<typeof settingsSchema>>;

interface Slot {
  settings: ActiveDjangoSettings | undefined;
  readonly reporters: Map<string, ExceptionReporterClass>;
}

const slot = globalSlot('django-settings.1', (): Slot => ({ settings: undefined, reporters: new Map() }));

/**
 * Gives what a Django project's LOGGING takes for granted from its settings: `DEBUG`, `ADMINS`, `EMAIL_…`.
 *
 * Handlers read it when they are made: call it before the configuration is loaded. `DEBUG` counts from the next record.
 * Each call starts from Django's defaults, except for `DEBUG`, which follows `NODE_ENV` unless given.
 *
 * @example
 * setDjangoSettings({ ADMINS: ['ops@example.com'], SERVER_EMAIL: 'shop@example.com', EMAIL_HOST: 'mail.example.com' });
 * dictConfig(LOGGING);
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS` with every error.
 * @see https://docs.djangoproject.com/en/stable/ref/settings/
 */
export function setDjangoSettings(settings: DjangoSettings): void {
  slot.settings = checkOptions('setDjangoSettings', settingsSchema(), settings);
  setDebugMode(settings.DEBUG);
}

/** The current settings. */
export function djangoSettings(): ActiveDjangoSettings {
  return slot.settings ?? v.parse(settingsSchema(), {});
}

/**
 * Makes a class nameable as `reporter_class` and as `DEFAULT_EXCEPTION_REPORTER`.
 *
 * @param name The name in the configuration, as `somepackage.error_reporter.CustomErrorReporter`.
 */
export function registerExceptionReporter(name: string, type: ExceptionReporterClass): void {
  slot.reporters.set(name, type);
}

/** The class with a name. @throws {LoggingError} `ERR_LOGGING_OPTIONS` if it is not registered. */
export function findExceptionReporter(given: string | ExceptionReporterClass): ExceptionReporterClass {
  if (typeof given !== 'string') return given;
  const type =
    given === 'django.views.debug.ExceptionReporter' ? ExceptionReporter : slot.reporters.get(given);
  if (type !== undefined) return type;
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    `reporter_class: no exception reporter is registered as "${given}"; give the class itself, or make the name known with registerExceptionReporter('${given}', YourClass)`,
  );
}
