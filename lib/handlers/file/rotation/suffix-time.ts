const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** What each directive of a suffix writes. */
const DIRECTIVES: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{2})',
  b: `(?<b>${MONTHS.join('|')})`,
  d: '(?<d>\\d{2})',
  j: '(?<j>\\d{3})',
  H: '(?<H>\\d{2})',
  M: '(?<M>\\d{2})',
  S: '(?<S>\\d{2})',
  '%': '%',
};

/** A date and a time of day as a clock shows them, without a zone. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** Of the month; of the year where `month` is 1 and the suffix has `%j`. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/**
 * A reader of the times that a strftime format writes.
 *
 * @param suffix The format: `%Y-%m-%d_%H`, `%d%b%y.log`.
 * @returns A function from a string to a time, `undefined` for a string that the format does not write; or `undefined`
 * if the format has no year, or a directive that cannot be read back.
 */
export function suffixReader(suffix: string): ((text: string) => WallTime | undefined) | undefined {
  const source = sourceOf(suffix.replaceAll('%F', '%Y-%m-%d').replaceAll('%T', '%H:%M:%S'));
  if (source === undefined) return undefined;
  const pattern = new RegExp(`^${source}$`, 'i');
  return (text) => {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const field = (name: string, absent: number) =>
      groups[name] === undefined ? absent : Number(groups[name]);
    const month = groups.b === undefined ? field('m', 1) : MONTHS.indexOf(groups.b.toLowerCase()) + 1;
    return {
      year: field('Y', 2000 + field('y', 0)),
      month,
      day: field('d', field('j', 1)),
      hour: field('H', 0),
      minute: field('M', 0),
      second: field('S', 0),
    };
  };
}

/** The seconds between 1970 and what a clock shows, as if it showed UTC: for comparing, not for instants. */
export function wallSeconds({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

/** The pattern of what a format writes; `undefined` if it cannot be read back. */
function sourceOf(suffix: string): string | undefined {
  const seen = new Set<string>();
  let source = '';
  for (const [part, directive, literal = ''] of suffix.matchAll(/%(.?)|([^%]+)/gs)) {
    if (!part.startsWith('%')) {
      source += literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      continue;
    }
    const known = DIRECTIVES[directive ?? ''];
    if (known === undefined || (directive !== '%' && seen.has(part))) return undefined;
    seen.add(part);
    source += known;
  }
  const has = (name: string) => seen.has(`%${name}`);
  const hasDay = has('j') || !has('d') || has('m') || has('b');
  return (has('Y') || has('y')) && hasDay ? source : undefined;
}
