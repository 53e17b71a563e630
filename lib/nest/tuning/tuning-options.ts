import * as v from 'valibot';

const tunings = {
  expressPrototypes: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "Whether the server makes requests and responses with Express's prototypes, where it serves nothing else.",
      ),
    ),
    false,
  ),
  singleWrites: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Whether a response goes to the system in one piece where Node would pass it as two, the second one empty.',
      ),
    ),
    false,
  ),
  tickShape: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "Whether one of Node's tick objects is kept alive, so that all of them stay cheap to make.",
      ),
    ),
    false,
  ),
};

/** Schema of options that make the server faster and have nothing to do with logging; all off by default. */
export const tuningSchema = v.strictObject(tunings);

/** The requested tuning of a server, with all defaults filled in. */
export type Tuning = v.InferOutput<typeof tuningSchema>;

/** All for `true`, none for `false`, or those that an object names. */
export function resolveTuning(tuning: boolean | Tuning): Tuning {
  if (typeof tuning !== 'boolean') return tuning;
  return { expressPrototypes: tuning, singleWrites: tuning, tickShape: tuning };
}
