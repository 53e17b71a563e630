import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { parseConfigText } from '../../../lib/config/read/config-text.js';

/** Plain scalars whose reading is a matter of the reader. */
const SCALARS = [
  ...[
    'yes',
    'No',
    'ON',
    'off',
    'y',
    'n',
    'true',
    'TRUE',
    'True',
    'false',
    'null',
    '~',
    'Null',
    'NULL',
    'nULL',
    'No way',
  ],
  ...[
    '1',
    '-1',
    '+1',
    '0',
    '007',
    '08',
    '-012',
    '0o17',
    '0o8',
    '0x1F',
    '0X1F',
    '-0x1F',
    '0x1_F',
    '0x',
    '0b11',
    '0_7',
  ],
  ...[
    '1_000',
    '1_',
    '_1',
    '1__0',
    '+1_0',
    '1_000.5',
    '685_230.15',
    '1.5',
    '.5',
    '-.5',
    '+.5',
    '5.',
    '0.',
    '1.2.3',
    '+',
  ],
  ...['1e3', '1.0e3', '1.0e+3', '1e+3', '1E3', '1.e+3', '.5e+3', '-.5e-3', '1e400', '.inf', '-.INF'],
  ...[
    '12:30',
    '12:30:45',
    '1:2',
    '01:02:03',
    '00:00:00',
    '190:20:30.15',
    '12:99',
    '2001-12-14',
    '2001-12-14 21:59:43.10',
    '2001-12',
  ],
  ...['%(x)s_'.slice(1), 'ext://sys.stdout', '$x', 'a#b', 'midnight', 'DEBUG'],
];

const PYTHON = `
import json, sys, yaml
def read(text):
    try: value = yaml.safe_load('v: ' + text)['v']
    except Exception: return ['refused']
    if value is None or isinstance(value, (bool, int, str)): return ['value', value]
    return ['value', 'inf' if value == float('inf') else '-inf' if value == -float('inf') else value] if isinstance(value, float) else ['other']
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

const asked = spawnSync('python3', ['-c', PYTHON], { input: JSON.stringify(SCALARS), encoding: 'utf8' });
const hasYaml = asked.status === 0;
if (!hasYaml)
  console.warn("python3 with PyYAML was not found: comparisons with Python's YAML reader are skipped");
const answers = hasYaml ? (JSON.parse(asked.stdout) as [string, unknown?][]) : [];

(hasYaml ? describe : describe.skip)("a scalar is read as by Python's YAML reader, or refused", () => {
  it.each(SCALARS.map((text, index) => [text, answers[index]] as const))('%s', async (text, answer) => {
    const { value, issues } = await parseConfigText(`v: ${text}`, 'x.yaml', 'yaml');
    if (issues.length > 0) {
      expect(issues[0]?.message).toContain('write it otherwise');
      return;
    }
    const { v } = value as { v: unknown };
    expect([
      'value',
      v === Number.POSITIVE_INFINITY ? 'inf' : v === Number.NEGATIVE_INFINITY ? '-inf' : v,
    ]).toEqual(answer);
  });

  it('and not refused too often', async () => {
    const refused: string[] = [];
    for (const text of SCALARS)
      if ((await parseConfigText(`v: ${text}`, 'x.yaml', 'yaml')).issues.length > 0) refused.push(text);
    expect(refused.filter((text) => !/[:oe_xb]|^[-+]?0\d|^[-+]\.|^2001/i.test(text))).toEqual([]);
    expect(SCALARS.length - refused.length).toBeGreaterThan(45);
  });
});
