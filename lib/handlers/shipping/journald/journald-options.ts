import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { shippingEntries } from '../shipping-options.js';

/** The keys of a JournaldHandler in a configuration. */
export const journaldHandlerSchema = lazy(() =>
  v.strictObject({
    identifier: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[^\0-\x20\x7f]+$/, 'expected a name without spaces'),
        v.description('The name that `journalctl -t` finds records by; default that of the program.'),
      ),
    ),
    protocol: v.optional(
      v.pipe(
        v.picklist(['native', 'stream'], "expected 'native' or 'stream'"),
        v.description(
          'How records travel: `native` keeps fields and needs `unix-dgram`, `stream` writes lines; default `native` where `unix-dgram` is installed.',
        ),
      ),
    ),
    directory: v.optional(
      v.pipe(
        v.string(),
        v.nonEmpty('expected a folder'),
        v.description(
          "The folder of the journal's sockets: `/run/systemd/journal.NAME` is that of a namespace.",
        ),
      ),
      '/run/systemd/journal',
    ),
    includeCaller: v.optional(
      v.pipe(
        v.boolean(),
        v.description('Adds CODE_FILE, CODE_LINE and CODE_FUNC; costs about 10 µs a record.'),
      ),
      false,
    ),
    ...shippingEntries(),
  }),
);

/** Options of JournaldHandler. */
export type JournaldHandlerOptions = v.InferInput<ReturnType<typeof journaldHandlerSchema>>;
