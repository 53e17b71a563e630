/** Digits of a number and where its point is: the value is 0.DIGITS × 10^point. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** Most fraction digits the platform's own `toFixed` and `toExponential` accept. */
const PLATFORM_MAX_PRECISION = 100;

/**
 * `value` with exactly `precision` fraction digits, rounded half to even on the exact binary value, as C and
 * Python do. (`toFixed` rounds exact ties up, ends at 100 digits, and gives up at 1e21.)
 *
 * @param value finite, not negative
 * @param precision 0 or more
 */
export function fixedDigits(value: number, precision: number): string {
  if (value >= 1e21 || precision >= PLATFORM_MAX_PRECISION) return exactFixed(value, precision);
  // An exact tie is a dyadic number with precision + 1 fraction bits; scaling by a power of two is exact.
  if ((value * 2 ** (precision + 1)) % 2 !== 1) return value.toFixed(precision);
  return exactFixed(value, precision);
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
