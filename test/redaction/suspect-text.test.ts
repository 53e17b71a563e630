import { describe, expect, it } from '@jest/globals';
import { CENSOR } from '../../lib/redaction/redact-text.js';
import { formScanners, redactForms } from '../../lib/redaction/secret-scan.js';
import { mayHoldCredential } from '../../lib/redaction/suspect-text.js';

const LONG = 'a1b2c3d4e5'.repeat(7);
const HEX = '0123456789abcdef'.repeat(2);

/** One for each pattern, and each branch of those that have some. */
const credentials = [
  ...['eyJhbGciOiJIUzI1NiJ9.e30.abc', `eyJ${LONG}`],
  ...['Bearer abc', 'BEARER%20abc', 'bearer+abc', 'Basic dXNlcjpwYXNz', 'bAsIc dXNlcjpwYXNz'],
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((start) => `${start}ABCDEFGHIJKLMNOP`),
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-', 'glptt-', 'glrt-', 'gldt-', 'glcbt-'],
  ...[...'abeoprs'].map((kind) => `xox${kind}-`),
  ...[
    'xapp-',
    'sk_live_',
    'rk_test_',
    'pk_live_',
    'whsec_',
    'sk-',
    'ya29.',
    'GOCSPX-',
    'npm_',
    'pypi-',
    'hf_',
  ],
  ...['hvs.', 'hvb.'],
].map((start) => (/[_.-]$/.test(start) ? start + LONG : start));
const more = [
  `AIza${LONG.slice(0, 35)}`,
  `SG.${LONG}.${LONG}`,
  ...[`SK${HEX}`, `AC${HEX}`, `dop_v1_${HEX}${HEX}`],
  ...['shpat_', 'shpca_', 'shppa_', 'shpss_'].map((start) => start + HEX),
  'hooks.slack.com/services/T0/B0/x',
];

describe('the test for credentials', () => {
  it.each([...credentials, ...more])('is true of %j', (credential) => {
    const text = `found ${credential}`;
    expect(redactForms(text, CENSOR)).not.toBe(text);
    expect(mayHoldCredential(text)).toBe(true);
  });

  it('is made once for all scanners, of what those before it left', () => {
    expect(redactForms('://ada:x@shop', 'bearer')).toBe('://ada:bearer@shop');
    // What is put in place of one secret may look like another.
    expect(redactForms('://ada:x@shop', 'AKIAABCDEFGHIJKLMNOP')).toBe('://ada:AKIAABCDEFGHIJKLMNOP@shop');
    expect(redactForms('://ada:x@sk_shop', 'Basic dXNlcjpwYXNz')).toBe(
      '://ada:Basic Basic dXNlcjpwYXNz@sk_shop',
    );
    expect(formScanners.filter(({ isOfCredentials }) => isOfCredentials)).toHaveLength(5);
  });
});
