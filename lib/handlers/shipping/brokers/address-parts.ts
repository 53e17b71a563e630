/** The public and the secret parts of a server's address. */
export interface AddressParts {
  /** As error messages name it: `redis://redis:6379`, without user, password, path and query. */
  readonly receiver: string | undefined;
  readonly host: string;
  /** The password, as it is written and as it is meant. */
  readonly secrets: readonly string[];
}

/** Parses an address. An invalid one has no parts, and counts as local. */
export function addressParts(url: string | undefined): AddressParts {
  if (url === undefined || !URL.canParse(url)) return { receiver: undefined, host: 'localhost', secrets: [] };
  const { protocol, host, hostname, password, searchParams } = new URL(url);
  // ioredis takes it there too.
  const asked = searchParams.get('password') ?? '';
  return {
    receiver: `${protocol}//${host}`,
    host: hostname,
    secrets: [password, asked].flatMap((text) => (text === '' ? [] : spellings(text))),
  };
}

function spellings(password: string): readonly string[] {
  return [password, decoded(password)];
}

/** A part of an address, decoded; unchanged if it cannot be decoded. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
