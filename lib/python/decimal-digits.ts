/** Digits of a number and where its point is: the value is 0.DIGITS × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** Most fraction digits the platform's own `toFixed` and `toExponential` accept. */
const PLATFORM_MAX_PRECISION = 100;
/** The units of the precisions that are computed in integers, and the most of a unit. */
const UNITS = [1, 10, 100, 1_000] as const;
const MAX_WHOLE = 1e9;
/** Nearer to a tie than this, scaling may have gone over it: its error is below 1.2e-7 here. */
const TIE_MARGIN = 1e-6;

/**
 * `value` with exactly `precision` fraction digits, rounded half to even on the exact binary value, as C and
 * Python do. (`toFixed` rounds exact ties up, ends at 100 digits, and gives up at 1e21.)
 *
 * @param value finite, not negative
 * @param precision 0 or more
 */
export function fixedDigits(value: number, precision: number): string {
  const unit = UNITS[precision];
  if (unit !== undefined && value * unit < MAX_WHOLE) {
    const scaled = value * unit;
    const below = Math.floor(scaled);
    const beyondHalf = scaled - below - 0.5;
    // In two integers half the time of `toFixed`.
    if (Math.abs(beyondHalf) > TIE_MARGIN)
      return wholeOver(beyondHalf > 0 ? below + 1 : below, precision, unit);
  }
  if (value >= 1e21 || precision >= PLATFORM_MAX_PRECISION) return exactFixed(value, precision);
  // An exact tie is a dyadic number with precision + 1 fraction bits; scaling by a power of two is exact.
  if ((value * 2 ** (precision + 1)) % 2 !== 1) return value.toFixed(precision);
  return exactFixed(value, precision);
}

/** `count` units as a decimal number: 1234 of a thousandth are `1.234`. */
function wholeOver(count: number, precision: number, unit: number): string {
  if (precision === 0) return `${count}`;
  const whole = Math.floor(count / unit);
  const rest = count - whole * unit;
  return rest * 10 >= unit ? `${whole}.${rest}` : `${whole}.${String(rest).padStart(precision, '0')}`;
}

/**
 * `String(value)`, in a third of the time for what has three digits after the point, as a duration has.
 *
 * A number that is the nearest one to so few digits has no shorter text.
 */
export function shortestText(value: number): string {
  const thousandths = Math.round(value * 1_000);
  if (!(thousandths > 0 && thousandths < MAX_WHOLE) || thousandths / 1_000 !== value) return `${value}`;
  const whole = Math.floor(thousandths / 1_000);
  const rest = thousandths - whole * 1_000;
  return rest < 100 || rest % 10 === 0 ? `${value}` : `${whole}.${rest}`;
}

/**
 * The `precision + 1` significant digits of `value`, rounded half to even on the exact binary value, and the
 * decimal exponent of the first one.
 *
 * @param value finite, not negative
 * @param precision 0 or more
 */
export function exponentDigits(value: number, precision: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: '0'.repeat(precision + 1), exponent: 0 };
  if (precision + 1 < PLATFORM_MAX_PRECISION) {
    const oneMore = value.toExponential(precision + 1);
    const end = oneMore.indexOf('e');
    // Only a further digit of 5 can be a tie, which the platform would round up.
    if (oneMore.charAt(end - 1) !== '5') return splitExponential(value.toExponential(precision));
  }
  const { digits, point } = exactDecimal(value);
  const rounded = roundHalfEven(digits, precision + 1);
  const hasGrown = rounded.length > precision + 1;
  return { digits: rounded.slice(0, precision + 1), exponent: hasGrown ? point : point - 1 };
}

/** The fewest digits that read back as `value` (finite, positive), and the decimal exponent of the first. */
export function shortestDigits(value: number): { digits: string; exponent: number } {
  return splitExponential(value.toExponential());
}

function splitExponential(text: string): { digits: string; exponent: number } {
  const end = text.indexOf('e');
  return { digits: text.charAt(0) + text.slice(2, Math.max(2, end)), exponent: Number(text.slice(end + 1)) };
}

function exactFixed(value: number, precision: number): string {
  const { digits, point } = exactDecimal(value);
  const keep = point + precision;
  const scaled = keep < 0 ? '0' : roundHalfEven(digits, keep) || '0';
  if (precision === 0) return scaled;
  const padded = scaled.padStart(precision + 1, '0');
  return `${padded.slice(0, -precision)}.${padded.slice(-precision)}`;
}

/** The first `keep` digits as an integer, rounded; one longer than `keep` where it carried over. */
function roundHalfEven(digits: string, keep: number): string {
  if (keep >= digits.length) return digits.padEnd(keep, '0');
  const head = digits.slice(0, keep);
  const tail = digits.slice(keep);
  const half = `5${'0'.repeat(tail.length - 1)}`;
  const isHeadOdd = keep > 0 && (head.charCodeAt(keep - 1) & 1) === 1;
  if (tail < half || (tail === half && !isHeadOdd)) return head;
  return (BigInt(head) + 1n).toString();
}

/** Every digit of the binary value: a double is m × 2^e, and m × 2^-j is m × 5^j / 10^j. */
function exactDecimal(value: number): Decimal {
  if (value === 0) return { digits: '0', point: 1 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biasedExponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biasedExponent === 0 ? fraction : fraction | 0x10000000000000n;
  const exponent = Math.max(biasedExponent, 1) - 1075;
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return { digits, point: digits.length };
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits, point: digits.length + exponent };
}
