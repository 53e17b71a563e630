import { getLevelName } from '../levels.js';
import { isAtOrBelow } from './logger-names.js';

/** Whether a record gets through: surely, never, or depending on a filter. */
export type Verdict = 'yes' | 'no' | 'maybe';

/** A verdict, and why. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
}

/** A record that is not made, as far as its way depends on it. */
export interface ImaginedRecord {
  readonly logger: string;
  readonly levelno: number;
}

/** A filter, as far as it is known without calling it. */
export interface FilterFacts {
  /** How reasons begin that name it: `its filter "shop"`. */
  readonly title: string;
  /** The logger whose records a `Filter` passes, `''` for all; `undefined` for any other: only calling it would say. */
  readonly passes: string | undefined;
}

/** How to look at handlers, be they planned or made. */
export interface HandlerFacts<H> {
  name(handler: H): string;
  level(handler: H): number;
  filters(handler: H): readonly FilterFacts[];
  /** The handlers that it passes its records to, as a MemoryHandler does. */
  targets(handler: H): readonly H[];
  /** Whether it passes those only records of their level, as a QueueHandler can. */
  respectsLevels(handler: H): boolean;
  /** How it writes a record; `''` if that is not known. */
  output(handler: H): string;
}

/** What becomes of a record at a handler. */
export interface HandlerJudgement<H> extends Judgement {
  readonly handler: H;
}

/** What becomes of a record at a handler, for people and other programs. */
export interface HandlerVerdict extends Judgement {
  /** Its name. */
  readonly handler: string;
  readonly class: string;
}

/**
 * Python's logging flow at a handler, without a record: its level, then its filters, then the handlers it passes it on to.
 *
 * @param before What is known of the way up to here.
 * @returns What becomes of the record there, then at each of the others that it reaches.
 * @see https://docs.python.org/3/howto/logging.html#logging-flow
 */
export function judgeHandler<H>(
  handler: H,
  facts: HandlerFacts<H>,
  record: ImaginedRecord,
  before: Judgement,
): HandlerJudgement<H>[] {
  /** @param through The handlers it came through: they may be a circle. */
  const judge = (at: H, level: number, way: Judgement, through: readonly H[]): HandlerJudgement<H>[] => {
    if (way.verdict === 'no') return [{ handler: at, ...way }];
    if (record.levelno < level)
      return [{ handler: at, verdict: 'no', reason: `its level is ${getLevelName(level)}` }];
    const own = combined(facts.filters(at).map((filter) => judgeFilter(filter, record.logger)));
    if (own.verdict === 'no') return [{ handler: at, ...own }];
    const targets = facts.targets(at);
    const sure = { verdict: 'yes' as const, reason: targets.length > 0 ? 'passes it on' : facts.output(at) };
    const here = [own, way].find(({ verdict }) => verdict === 'maybe') ?? sure;
    const passed = [...through, at];
    const next = targets.filter((target) => !passed.includes(target));
    return [{ handler: at, ...here }, ...next.flatMap((target) => passOn(at, target, here, passed))];
  };
  const passOn = (from: H, target: H, way: Judgement, through: readonly H[]): HandlerJudgement<H>[] => {
    const level = facts.respectsLevels(from) ? facts.level(target) : 0;
    return judge(target, level, way, through).map((judged, index) =>
      index === 0 && judged.verdict !== 'no'
        ? { ...judged, reason: `passed on by "${facts.name(from)}"` }
        : judged,
    );
  };
  return judge(handler, facts.level(handler), before, []);
}

/** What becomes of a record of a logger at a filter. */
export function judgeFilter({ title, passes }: FilterFacts, logger: string): Judgement {
  if (passes === undefined) return { verdict: 'maybe', reason: `if ${title} lets it pass` };
  return passes === '' || isAtOrBelow(logger, passes)
    ? { verdict: 'yes', reason: '' }
    : { verdict: 'no', reason: `${title} lets only records of "${passes}" pass` };
}

/** The strictest of some verdicts; `'yes'` without any. */
export function combined(judgements: readonly Judgement[]): Judgement {
  const strictest =
    judgements.find(({ verdict }) => verdict === 'no') ??
    judgements.find(({ verdict }) => verdict === 'maybe');
  return { verdict: strictest?.verdict ?? 'yes', reason: strictest?.reason ?? '' };
}
