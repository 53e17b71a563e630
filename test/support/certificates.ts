import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** True where `openssl` makes certificates; where there is none, the reason is printed once. */
export const hasOpenssl: boolean = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('openssl was not found: tests over TLS are skipped');

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Certificates to test clients with: all but `good` and `ca` are invalid. */
export interface Certificates {
  readonly ca: Certificate;
  /** For localhost and 127.0.0.1, by `ca`. */
  readonly good: Certificate;
  /** For elsewhere.example, by `ca`. */
  readonly wrongName: Certificate;
  /** For localhost, by `ca`, until yesterday. */
  readonly expired: Certificate;
  /** For localhost, by itself. */
  readonly selfSigned: Certificate;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const LOCAL = 'DNS:localhost,IP:127.0.0.1';

/** Makes a set of certificates. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), 'certificates-'));
  const at = (name: string) => path.join(folder, name);
  const read = (name: string): Certificate => ({
    cert: readFileSync(at(`${name}.crt`), 'utf8'),
    key: readFileSync(at(`${name}.key`), 'utf8'),
  });
  const selfSigned = (name: string, subject: string, names: string) => {
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)];
    openssl('req', '-x509', ...EC, ...files, '-subj', `/CN=${subject}`, '-addext', `subjectAltName=${names}`);
    return read(name);
  };
  const byCa = (name: string, names: string, days: number) => {
    const [key, request, crt] = [at(`${name}.key`), at(`${name}.csr`), at(`${name}.crt`)];
    openssl(
      'req',
      ...EC,
      '-keyout',
      key,
      '-out',
      request,
      '-subj',
      '/CN=x',
      '-addext',
      `subjectAltName=${names}`,
    );
    const authority = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      ...authority,
      '-days',
      `${days}`,
      '-copy_extensions',
      'copy',
      '-out',
      crt,
    );
    return read(name);
  };
  try {
    return {
      ca: selfSigned('ca', 'test authority', 'DNS:authority'),
      good: byCa('good', LOCAL, 2),
      wrongName: byCa('wrong-name', 'DNS:elsewhere.example', 2),
      expired: byCa('expired', LOCAL, -1),
      selfSigned: selfSigned('self-signed', 'localhost', LOCAL),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]} failed: ${stderr}`);
}
