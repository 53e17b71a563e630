import { join } from 'node:path';
import { LoggingError } from '../../core/errors.js';
import { suggestion } from '../../core/suggestion.js';
import { nodeModule } from '../../runtime/node-module.js';
import { providedPackage } from '../../runtime/provided-packages.js';

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
  /** The encoding to give Node with the result; `latin1` where the result is bytes, one per character. */
  readonly nodeEncoding: BufferEncoding;
  /** Written before the first text of an empty file. */
  readonly bom: string;
  /** @throws {TypeError} If the text has a character that the encoding does not have, under `'strict'`. */
  encode(text: string): string;
}

/** A set of characters and their bytes. */
interface Charset {
  readonly nodeEncoding: BufferEncoding;
  readonly bom?: string;
  /** Why a character is refused, in Python's words. */
  readonly refusal: string;
  /** Whether it has every character of a string. */
  has(text: string): boolean;
  /** Converts a string of characters it has for `nodeEncoding`; left out where that is the string itself. */
  readonly pack?: (text: string) => string;
}

/** Those to suggest. */
const COMMON_ENCODINGS = [
  'utf-8',
  'utf-16',
  'latin-1',
  'ascii',
  'cp1252',
  'iso-8859-15',
  'shift_jis',
  'gb18030',
];

/** What is wrong with the name of an encoding; `undefined` if there is a codec. */
export function encodingProblem(encoding: string): string | undefined {
  try {
    textCodec(encoding, 'strict');
    return undefined;
  } catch (error) {
    const reason = (error as Error).message.replace(/^encoding: /, '');
    const meant = suggestion(encoding.toLowerCase(), COMMON_ENCODINGS);
    return reason.endsWith('is unknown') ? `${reason}${meant}` : reason;
  }
}

/**
 * The codec of an encoding with an error handler.
 *
 * @param encoding Python's or the internet's name. Other than UTF-8, UTF-16, Latin-1 and ASCII need `iconv-lite`.
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` without it, `ERR_LOGGING_OPTIONS` for an unknown encoding.
 */
export function textCodec(encoding: string, errors: EncodingErrors): TextCodec {
  const charset = findCharset(encoding);
  const { nodeEncoding, bom = '', pack } = charset;
  if (errors === 'surrogateescape') return escapingCodec(encoding, charset);
  const substitute = SUBSTITUTES[errors];
  return {
    nodeEncoding,
    bom,
    encode(text) {
      if (charset.has(text)) return pack === undefined ? text : pack(text);
      if (substitute === undefined) throw encodeError(encoding, charset, text);
      let encodable = '';
      for (const character of text) encodable += charset.has(character) ? character : substitute(character);
      return pack === undefined ? encodable : pack(encodable);
    },
  };
}

const SUBSTITUTES: Readonly<Record<EncodingErrors, ((character: string) => string) | undefined>> = {
  strict: undefined,
  surrogateescape: undefined,
  ignore: () => '',
  replace: () => '?',
  backslashreplace: escapeSequence,
  // JavaScript does not have Unicode's names.
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

/** Writes lone surrogates U+DC80 to U+DCFF as the bytes they stand for. Its results are bytes, one per character. */
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

/** TypeScript's types have it since ES2024, Node since 20. */
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

/** Any encoding of `iconv-lite`, which silently writes `?` for what an encoding does not have. */
function iconvCharset(encoding: string): Charset {
  const iconv = loadIconv(encoding);
  return {
    nodeEncoding: 'latin1',
    // Without the option, the package writes that of UTF-32 before each text.
    bom: iconv.encode('', encoding).toString('latin1'),
    refusal: 'character maps to <undefined>',
    has: (text) => iconv.decode(iconv.encode(text, encoding), encoding) === text,
    pack: (text) => iconv.encode(text, encoding, { addBOM: false }).toString('latin1'),
  };
}

/** The part of `iconv-lite` that is used. */
export interface Iconv {
  encode(text: string, encoding: string, options?: { addBOM: boolean }): Buffer;
  decode(bytes: Buffer, encoding: string): string;
  encodingExists(encoding: string): boolean;
}

/**
 * Loads the optional package `iconv-lite` for an encoding that Node does not have.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE`, or `ERR_LOGGING_OPTIONS` if it does not know the encoding.
 */
function loadIconv(encoding: string): Iconv {
  const name = JSON.stringify(encoding);
  let iconv: Iconv;
  try {
    iconv = (providedPackage('iconv-lite') as Iconv | undefined) ?? requireIconv();
  } catch (cause) {
    throw new LoggingError(
      'ERR_LOGGING_MISSING_PACKAGE',
      `encoding: ${name} is not one of utf-8, utf-16, latin-1, ascii; for any other, run: npm install iconv-lite` +
        ' (in a bundle that leaves it out, provide it: providePackage)',
      { cause },
    );
  }
  // The package has these too, which are no encodings of texts: nothing that was written could be read.
  const isText = !/^(hex|base64)$/.test(encoding.toLowerCase().replace(/[^a-z0-9]/g, ''));
  if (isText && iconv.encodingExists(encoding)) return iconv;
  throw new LoggingError('ERR_LOGGING_OPTIONS', `encoding: ${name} is unknown`);
}

/**
 * Becomes `require` when this package is built: bundlers then include what it names, and CommonJS finds it. In an ES
 * module, and in the sources, there is no such function; the caller has to handle that.
 */
declare const bundledRequire: (name: string) => unknown;

/** Synchronous, because a constructor needs it. */
function requireIconv(): Iconv {
  try {
    return bundledRequire('iconv-lite') as Iconv;
  } catch {
    // In a bundle in CommonJS there is no `import.meta.url`: the package is looked for beside the program then.
    const { createRequire } = nodeModule('node:module');
    return createRequire(import.meta.url || join(process.cwd(), 'index.js'))('iconv-lite') as Iconv;
  }
}
