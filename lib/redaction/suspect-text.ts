/** No secret can be recognised in less. */
export const SHORTEST = 5;

// What a string must contain for one of the patterns of secrets to match; most strings contain none of it. In one
// regular expression, because to start one costs as much as to run it over a short string.
const SUSPECT = new RegExp(
  [
    // What separates a name from its value, and quotes.
    '[:=>%"\'`]',
    // Other credentials. Without the flag `i`, which would take three times as long.
    '[Bb](?:[Ee][Aa][Rr]|[Aa][Ss][Ii])|eyJ|PRIVATE|A(?:KIA|SIA|BIA|CCA|Iza)|ya29|SG\\.|hv[sb]\\.',
    '(?:SK|AC)[0-9a-f]|hooks\\.sl',
  ].join('|'),
);
/** Options of programs, and credentials with a hyphen. */
const HYPHENS = /(?:^|[^\w-])--?[A-Za-z]|(?:gl(?:pat|ptt|rt|dt|cbt)|xox[abeoprs]|xapp|sk|GOCSPX|pypi)-/;
/** Credentials with an underscore, which names and codes of errors have too. */
const UNDERSCORES = /(?:gh[pousr]|pat|live|test|whsec|npm|hf|v1|shp(?:at|ca|pa|ss))_/;

/** Whether a string may hold a secret that can be recognised by its pattern, or by the name before it. */
export function isSuspect(text: string): boolean {
  return (
    text.length >= SHORTEST &&
    (SUSPECT.test(text) ||
      (text.includes('-') && HYPHENS.test(text)) ||
      (text.includes('_') && UNDERSCORES.test(text)))
  );
}

/** Whether a string has to be searched: it may hold a secret itself, or is JSON that may. */
export function needsSearch(text: string): boolean {
  return isLikeJson(text) || isSuspect(text);
}

/** Whether a string begins as objects and arrays do in JSON. */
export function isLikeJson(text: string): boolean {
  const first = text.charCodeAt(0);
  return first === 0x7b || first === 0x5b;
}
