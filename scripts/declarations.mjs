/** Shortens declarations: the types of schemas, which the compiler writes out wherever they are part of another. */

/**
 * Where an interface of a schema begins. Not `v.SchemaWithPipe`, which is an alias: where a program's declarations repeat one
 * under a name of ours, the compiler writes out all that it has.
 */
const SCHEMA = /\bv\.\w+Schema</g;
const DESCRIPTION = /,\s*v\.DescriptionAction</g;
/** Fewer characters are not worth a name. */
const WORTH = 200;

/** Leaves out with what options are described: nobody asks for its type, and it would be a third of these types. */
export function withoutDescriptions(text) {
  let rest = '';
  let end = 0;
  for (const { index, 0: start } of text.matchAll(DESCRIPTION)) {
    if (index < end) continue;
    rest += text.slice(end, index);
    end = endOfParameters(text, index + start.length - 1);
  }
  return rest + text.slice(end);
}

/** Gives a name to each type of a schema that is written out several times, the one first that saves the most. */
export function withNamedSchemas(text) {
  let short = text;
  for (let count = 1; ; count += 1) {
    const [type, saved] = mostRepeated(short);
    if (saved < WORTH) return short;
    const name = `Schema${count}`;
    short = `${short.replaceAll(type, name)}type ${name} = ${type};\n`;
  }
}

function mostRepeated(text) {
  const saved = new Map();
  for (const { index, 0: start } of text.matchAll(SCHEMA)) {
    const type = text.slice(index, endOfParameters(text, index + start.length - 1));
    // The first is written out where it gets its name.
    saved.set(type, saved.has(type) ? saved.get(type) + type.length - 'Schema10'.length : 0);
  }
  return [...saved].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', 0]);
}

/** Behind the `>` that belongs to the `<` at `start`. */
function endOfParameters(text, start) {
  const marks = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|=>|[<>]/g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0] === '<') depth += 1;
    if (mark[0] === '>') depth -= 1;
    if (depth === 0) return marks.lastIndex;
  }
  throw new Error('these parameters of a type have no end');
}
