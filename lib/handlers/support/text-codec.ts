import { loadIconv } from './iconv.js';

/** What is done with characters that an encoding does not have; Python's names. */
export const encodingErrors = [
  'strict',
  'ignore',
  'replace',
  'backslashreplace',
  'xmlcharrefreplace',
  'namereplace',
  'surrogateescape',
] as const;

/** One of {@link encodingErrors}. */
export type EncodingErrors = (typeof encodingErrors)[number];

/** Turns texts into what is written to a file. */
export interface TextCodec {
  /** The encoding Node gives the result with; `latin1` where the result is bytes, one a character. */
  readonly nodeEncoding: BufferEncoding;
  /** Written before the first text of an empty file. */
  readonly bom: string;
  /** @throws {TypeError} If the text has a character that the encoding has not, under `'strict'`. */
  encode(text: string): string;
}

/** A set of characters and their bytes. */
interface Charset {
  readonly nodeEncoding: BufferEncoding;
  readonly bom?: string;
  /** Why a character is refused, in Python's words. */
  readonly refusal: string;
  /** Whether it has every character of a text. */
  has(text: string): boolean;
  /** A text of characters it has, as `nodeEncoding` takes it; left out where that is the text itself. */
  pack?(text: string): string;
}

/**
 * The codec of an encoding and a way with what it cannot encode.
 *
 * @param encoding Python's or the internet's name. Other than UTF-8, UTF-16, Latin-1 and ASCII need `iconv-lite`.
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` without it, `ERR_LOGGING_OPTIONS` for an unknown encoding.
 */
export function textCodec(encoding: string, errors: EncodingErrors): TextCodec {
  const charset = findCharset(encoding);
  const { nodeEncoding, bom = '' } = charset;
  const pack = (text: string) => charset.pack?.(text) ?? text;
  if (errors === 'surrogateescape') return escapingCodec(encoding, charset);
  const substitute = SUBSTITUTES[errors];
  return {
    nodeEncoding,
    bom,
    encode(text) {
      if (charset.has(text)) return pack(text);
      if (substitute === undefined) throw encodeError(encoding, charset, text);
      let encodable = '';
      for (const character of text) encodable += charset.has(character) ? character : substitute(character);
      return pack(encodable);
    },
  };
}

const SUBSTITUTES: Readonly<Record<EncodingErrors, ((character: string) => string) | undefined>> = {
  strict: undefined,
  surrogateescape: undefined,
  ignore: () => '',
  replace: () => '?',
  backslashreplace: escapeSequence,
  // Unicode's names are not at hand in JavaScript.
  namereplace: escapeSequence,
  xmlcharrefreplace: (character) => `&#${character.codePointAt(0)};`,
};

/** As `repr` writes it: `\xe9`, `\u20ac`, `\U0001f600`. */
function escapeSequence(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Gives lone surrogates U+DC80 to U+DCFF back as the bytes they stand for. Its results are bytes, one a character. */
function escapingCodec(encoding: string, charset: Charset): TextCodec {
  const bytes = (text: string) =>
    Buffer.from(charset.pack?.(text) ?? text, charset.nodeEncoding).toString('latin1');
  return {
    nodeEncoding: 'latin1',
    bom: bytes(charset.bom ?? ''),
    encode(text) {
      if (charset.has(text)) return bytes(text);
      let encoded = '';
      for (const character of text) {
        const code = character.codePointAt(0)!;
        if (charset.has(character)) encoded += bytes(character);
        else if (code >= 0xdc80 && code <= 0xdcff) encoded += String.fromCharCode(code - 0xdc00);
        else throw encodeError(encoding, charset, text);
      }
      return encoded;
    },
  };
}

function encodeError(encoding: string, charset: Charset, text: string): TypeError {
  const position = [...text].findIndex((character) => !charset.has(character));
  const character = escapeSequence([...text][position] ?? '');
  return new TypeError(
    `'${encoding}' codec can't encode character '${character}' in position ${position}: ${charset.refusal}`,
  );
}

/** TypeScript's own types know it from ES2024 on, Node from 20 on. */
const isWellFormed = (text: string) => (text as string & { isWellFormed(): boolean }).isWellFormed();

const UNICODE = { refusal: 'surrogates not allowed', has: isWellFormed };
const UTF_8: Charset = { ...UNICODE, nodeEncoding: 'utf8' };
const UTF_16_LE: Charset = { ...UNICODE, nodeEncoding: 'utf16le' };
const LATIN_1: Charset = {
  nodeEncoding: 'latin1',
  refusal: 'ordinal not in range(256)',
  has: (text) => !/[^\0-\xff]/.test(text),
};
const ASCII: Charset = {
  nodeEncoding: 'latin1',
  refusal: 'ordinal not in range(128)',
  has: (text) => !/[^\0-\x7f]/.test(text),
};
const UTF_16_BE: Charset = {
  ...UNICODE,
  nodeEncoding: 'latin1',
  pack: (text) => Buffer.from(text, 'utf16le').swap16().toString('latin1'),
};

const CHARSETS: ReadonlyMap<string, Charset> = new Map([
  ...['utf8', 'u8', 'utf', 'cp65001'].map((name) => [name, UTF_8] as const),
  ['utf8sig', { ...UTF_8, bom: '\ufeff' }],
  ...['utf16', 'u16'].map((name) => [name, { ...UTF_16_LE, bom: '\ufeff' }] as const),
  ['utf16le', UTF_16_LE],
  ['utf16be', UTF_16_BE],
  ...['latin1', 'iso88591', 'latin', 'l1', '88591', 'cp819'].map((name) => [name, LATIN_1] as const),
  ...['ascii', 'usascii', '646'].map((name) => [name, ASCII] as const),
]);

function findCharset(encoding: string): Charset {
  return CHARSETS.get(encoding.toLowerCase().replace(/[^a-z0-9]/g, '')) ?? iconvCharset(encoding);
}

/** Any encoding of `iconv-lite`, which writes `?` for what an encoding has not, without a word. */
function iconvCharset(encoding: string): Charset {
  const iconv = loadIconv(encoding);
  return {
    nodeEncoding: 'latin1',
    refusal: 'character maps to <undefined>',
    has: (text) => iconv.decode(iconv.encode(text, encoding), encoding) === text,
    pack: (text) => iconv.encode(text, encoding).toString('latin1'),
  };
}
