/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, and how far the middle half of the values is apart, as a part of the median. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const quarter = sorted[Math.floor((sorted.length - 1) / 4)];
  const threeQuarters = sorted[Math.ceil(((sorted.length - 1) * 3) / 4)];
  const middle = median(values);
  return {
    median: round(middle),
    spread: round((threeQuarters - quarter) / middle),
    least: round(sorted[0]),
  };
}

/** The median of the ratios turn by turn: what slows the machine for a while slows both of a turn. */
export function ratio(values, base) {
  return round(median(values.map((value, turn) => value / base[turn])));
}

/** A benchmark is not more precise than three significant figures. */
export function round(value) {
  return Number(value.toPrecision(4));
}
