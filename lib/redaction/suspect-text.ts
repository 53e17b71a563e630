/** No secret can be recognised in less. */
export const SHORTEST = 5;

// What a string must contain for one of the patterns of secrets to match; most strings contain none of it. In one
// regular expression, because to start one costs as much as to run it over a short string.

/** What separates a name from its value, and quotes. */
const SEPARATORS = '[:=>%"\'`]';
/** Credentials. Without the flag `i`, which would take three times as long. */
const CREDENTIALS =
  '[Bb](?:[Ee][Aa][Rr]|[Aa][Ss][Ii])|eyJ|A(?:KIA|SIA|BIA|CCA|Iza)|ya29|SG\\.|hv[sb]\\.|(?:SK|AC)[0-9a-f]|hooks\\.sl';
/** Credentials with a hyphen. */
const WITH_HYPHEN = '(?:gl(?:pat|ptt|rt|dt|cbt)|xox[abeoprs]|xapp|sk|GOCSPX|pypi)-';
/** Options of programs. */
const OPTIONS = '(?:^|[^\\w-])--?[A-Za-z]';

const SUSPECT = new RegExp(`${SEPARATORS}|${CREDENTIALS}|PRIVATE`);
const SUSPECT_WITH_HYPHEN = new RegExp(`${OPTIONS}|${WITH_HYPHEN}`);
const CREDENTIAL = new RegExp(CREDENTIALS);
const CREDENTIAL_WITH_HYPHEN = new RegExp(WITH_HYPHEN);
/** Credentials with an underscore, which names and codes of errors have too. */
const WITH_UNDERSCORE = /(?:gh[pousr]|pat|live|test|whsec|npm|hf|v1|shp(?:at|ca|pa|ss))_/;

/** Whether a string may hold a secret that can be recognised by its pattern, or by the name before it. */
export function isSuspect(text: string): boolean {
  return text.length >= SHORTEST && (SUSPECT.test(text) || hasSuspectSign(text));
}

/** Whether a string may hold a token, a key of a service, or what follows `Bearer` and `Basic`. */
export function mayHoldCredential(text: string): boolean {
  return (
    CREDENTIAL.test(text) ||
    (text.includes('-') && CREDENTIAL_WITH_HYPHEN.test(text)) ||
    (text.includes('_') && WITH_UNDERSCORE.test(text))
  );
}

/**
 * Whether a string may hold what makes a secret of the line below it, or only is one where the line below makes it suspect:
 * `Bearer` at its end, options of `curl`. Names do as well.
 */
export function mayReachOn(text: string): boolean {
  return CREDENTIAL.test(text) || hasSuspectSign(text);
}

function hasSuspectSign(text: string): boolean {
  return (
    (text.includes('-') && SUSPECT_WITH_HYPHEN.test(text)) ||
    (text.includes('_') && WITH_UNDERSCORE.test(text))
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
