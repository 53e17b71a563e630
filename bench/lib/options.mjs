import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { CASES, COMPETITORS, MODES } from './cases.mjs';
import { HTTP_VARIANTS } from './http.mjs';
import { PARTS } from './report.mjs';
import { DESTINATIONS, SHIPPERS } from './shipping.mjs';

const bench = path.join(import.meta.dirname, '..');

const USAGE = `npm run bench -- [options]

  --quick           fewer and shorter turns, line by line and batched to a file only
  --only A,B        these cases or parts only; without it all
  --peers A,B       these competitors only, ours always among them
  --modes A,B       these ways of writing only (${Object.keys(MODES).join(', ')})
  --variants A,B    of http: these ways of logging only, beside an application that does not log
  --records N       so many records are shipped; default 100000
  --to A,B          these destinations only (${DESTINATIONS.join(', ')})
  --library DIR     another build of the library: the folder with its package.json and dist/
  --out FILE        where the figures go; default bench/results/latest.json
  --help            prints this

Cases: ${Object.keys(CASES).join(', ')}
Parts: ${PARTS.join(', ')}

Prints tables and writes the figures as JSON.`;

/** What may be in each list. */
const KNOWN = {
  only: [...Object.keys(CASES), ...PARTS],
  peers: [...COMPETITORS, ...HTTP_VARIANTS, ...SHIPPERS],
  modes: Object.keys(MODES),
  variants: HTTP_VARIANTS,
  to: DESTINATIONS,
};

/**
 * Reads the options of the command line. Ends the process for `--help`, with 0, and for what it does not know, with 2.
 *
 * @returns The options; lists are arrays, `undefined` where they are not given.
 */
export function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        peers: { type: 'string' },
        modes: { type: 'string' },
        variants: { type: 'string' },
        records: { type: 'string', default: '100000' },
        to: { type: 'string' },
        library: { type: 'string', default: path.join(bench, '..') },
        out: { type: 'string', default: path.join(bench, 'results/latest.json') },
        help: { type: 'boolean', default: false },
      },
    });
    if (!values.help) return { ...values, ...listsOf(values), records: countOf('--records', values.records) };
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function listsOf(values) {
  return Object.fromEntries(
    Object.entries(KNOWN).map(([name, known]) => {
      const given = values[name]?.split(',');
      const unknown = given?.filter((one) => !known.includes(one)) ?? [];
      if (unknown.length > 0)
        throw new Error(`--${name}: no ${unknown.join(', ')}; there are ${known.join(', ')}`);
      return [name, given];
    }),
  );
}

/** A number of things, at least one: with none the bench would publish figures of nothing. */
function countOf(option, text) {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`${option}: '${text}' is not a positive integer`);
}
