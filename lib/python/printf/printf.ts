import { boundedCache } from '../../runtime/bounded-cache.js';
import { lazyPattern } from '../../runtime/lazy.js';
import { str } from '../python-text.js';
import { TemplateError, type TemplatePart } from '../template.js';
import { MappingArguments, type TemplateArguments, TupleArguments } from './printf-arguments.js';
import {
  isKnownType,
  isNumericType,
  isPlainText,
  type Render,
  renderer,
  unsupportedType,
} from './printf-convert.js';
import { type Conversion, MAX_WIDTH, parsePercent } from './printf-parse.js';

/** A conversion ready to run, and the literal text after it. */
interface Step {
  readonly render: Render;
  readonly isPlain: boolean;
  readonly after: string;
  readonly conversion: Conversion;
}

interface CompiledTemplate {
  readonly head: string;
  readonly steps: readonly Step[];
  /** True where each step takes exactly one positional argument. */
  readonly isSimple: boolean;
  /** True where it is simple, and each step takes any value: `%s`, `%r`, `%a`. */
  readonly takesAnything: boolean;
  /** True where a placeholder has a key. */
  readonly readsMapping: boolean;
}

const templates = boundedCache(compile, 2_000, 1_024);

/**
 * `template % args` of Python, for a tuple of arguments. Compiled templates are remembered.
 *
 * Differs from Python: widths and precisions over 1,048,576 are refused.
 *
 * @throws TemplateError where Python raises, with its wording
 * @see https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting
 */
export function printf(template: string, args: readonly unknown[]): string {
  return fill(templates.get(template), args);
}

/**
 * {@link printf}, but `undefined` for too few or too many arguments of a template that takes any values: to throw an error
 * takes ten times as long.
 *
 * @throws TemplateError as {@link printf}, for all else that does not fit
 */
export function printfIfAsMany(template: string, args: readonly unknown[]): string | undefined {
  const compiled = templates.get(template);
  if (compiled.takesAnything && compiled.steps.length !== args.length) return undefined;
  return fill(compiled, args);
}

function fill(compiled: CompiledTemplate, args: readonly unknown[]): string {
  const { steps } = compiled;
  if (!compiled.isSimple || steps.length !== args.length) return run(compiled, new TupleArguments(args));
  let text = compiled.head;
  for (let at = 0; at < steps.length; at++) {
    const step = steps[at]!;
    const value = args[at];
    text += step.isPlain && typeof value === 'string' ? value : step.render(value);
    text += step.after;
  }
  return text;
}

/**
 * `template % mapping` of Python: `%(key)s` reads an own property, or an entry of a Map. A template without
 * keys takes the mapping itself as its one argument.
 *
 * @throws TemplateError where Python raises, with its wording
 */
export function printfMapping(template: string, mapping: object): string {
  const compiled = templates.get(template);
  const [step] = compiled.steps;
  if (step !== undefined && compiled.isSimple && compiled.steps.length === 1)
    return compiled.head + step.render(mapping) + step.after;
  return run(compiled, new MappingArguments(mapping));
}

/**
 * How many of `args`, from the first on, the placeholders of `template` take, `*` included; -1 where they read a
 * mapping. Never throws.
 *
 * A malformed conversion takes nothing. Neither does one with a blank, like the `% d` of '50% done', where it would
 * take an object: that is prose far more often than a number with space for its sign.
 */
export function countTaken(template: string, args: readonly unknown[]): number {
  if (!template.includes('%')) return 0;
  const { steps, readsMapping } = templates.get(template);
  if (readsMapping) return -1;
  let count = 0;
  for (const { conversion } of steps) {
    if (!isPlaceholder(conversion)) continue;
    if (conversion.hasBlank && typeof args[count] === 'object' && args[count] !== null) continue;
    count += 1 + Number(conversion.isWidthArgument) + Number(conversion.isPrecisionArgument);
  }
  return Math.min(count, args.length);
}

/**
 * The parts of a `%(name)s` format of a record formatter.
 *
 * @throws TemplateError on a malformed format, and on one that takes positional arguments, `*` included
 */
export function parsePercentFormat(format: string): TemplatePart[] {
  const { head, steps } = parsePercent(format);
  const parts: TemplatePart[] = head === '' ? [] : [head];
  for (const step of steps) {
    const { conversion } = step;
    const { key, type } = conversion;
    if (conversion.problem) throw new TemplateError(conversion.problem.kind, conversion.problem.message);
    if (key === undefined || conversion.isWidthArgument || conversion.isPrecisionArgument) {
      throw new TemplateError('TypeError', 'not enough arguments for format string');
    }
    if (!isKnownType(type)) throw unsupportedType(conversion);
    const isPlain = isPlainText(conversion);
    parts.push({ name: key, render: renderer(conversion), isPlain, isNumeric: isNumericType(type) });
    if (step.after !== '') parts.push(step.after);
  }
  return parts;
}

/** The same for names and digits of ASCII: making the one of Unicode takes as long as reading a whole configuration. */
const ASCII_PLACEHOLDER = /%\(\w+\)[#0+ -]*(\*|\d+)?(\.(\*|\d+))?[diouxefgcrsa%]/i;
const percentPlaceholder = lazyPattern(
  String.raw`%\([\p{L}\p{N}_]+\)[#0+ -]*(\*|\p{Nd}+)?(\.(\*|\p{Nd}+))?[diouxefgcrsa%]`,
  'iu',
);

/**
 * Checks that a record format holds a `%(name)s` placeholder, as `PercentStyle.validate` of Python.
 *
 * @throws TemplateError (ValueError) where it holds none
 */
export function validatePercentFormat(format: string): void {
  if (ASCII_PLACEHOLDER.test(format) || percentPlaceholder().test(format)) return;
  throw new TemplateError('ValueError', `Invalid format '${format}' for '%' style`);
}

function compile(template: string): CompiledTemplate {
  const { head, steps } = parsePercent(template);
  const allSimple = steps.every(({ conversion }) => isSimple(conversion));
  return {
    head,
    steps: steps.map(({ conversion, after }) => ({
      conversion,
      after,
      render: renderer(conversion),
      isPlain: isPlainText(conversion),
    })),
    isSimple: allSimple,
    takesAnything: allSimple && steps.every(({ conversion }) => 'sra'.includes(conversion.type)),
    readsMapping: steps.some(({ conversion }) => conversion.isKeyed && isPlaceholder(conversion)),
  };
}

function isSimple(conversion: Conversion): boolean {
  return (
    !conversion.isKeyed &&
    !conversion.isWidthArgument &&
    !conversion.isPrecisionArgument &&
    conversion.problem === undefined
  );
}

function isPlaceholder({ problem, type }: Conversion): boolean {
  return problem === undefined && isKnownType(type);
}

/** Any template, step by step, in Python's order of evaluation, so that the first error is the same. */
function run({ head, steps }: CompiledTemplate, args: TemplateArguments): string {
  let text = head;
  for (const { conversion, render, after } of steps) {
    if (conversion.isKeyed) args.requireMapping();
    if (conversion.key !== undefined) args.pick(conversion.key);
    const width = conversion.isWidthArgument ? takeAmount(args) : conversion.width;
    const precision = conversion.isPrecisionArgument ? Math.max(0, takeAmount(args)) : conversion.precision;
    if (conversion.problem) throw new TemplateError(conversion.problem.kind, conversion.problem.message);
    text += renderStep(conversion, render, width, precision, args.take()) + after;
  }
  args.requireAllTaken();
  return text;
}

function renderStep(
  conversion: Conversion,
  render: Render,
  width: number,
  precision: number,
  value: unknown,
): string {
  if (!conversion.isWidthArgument && !conversion.isPrecisionArgument) return render(value);
  const isLeftJustified = conversion.isLeftJustified || (conversion.isWidthArgument && width < 0);
  const actual = {
    ...conversion,
    width: conversion.isWidthArgument ? Math.abs(width) : width,
    precision,
    isLeftJustified,
  };
  return renderer(actual)(value);
}

/** The argument of a `*`. */
function takeAmount(args: TemplateArguments): number {
  const value = args.take();
  if (typeof value !== 'bigint' && typeof value !== 'boolean' && !Number.isInteger(value)) {
    throw new TemplateError('TypeError', '* wants int');
  }
  const amount = Number(value);
  if (Math.abs(amount) <= MAX_WIDTH) return amount;
  throw new TemplateError('OverflowError', `width or precision ${str(value)} is over ${MAX_WIDTH}`);
}
