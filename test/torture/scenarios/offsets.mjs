import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { newFolder } from '../support/scratch.mjs';

export default {
  name: 'offsets',
  title: 'flush(), shutdown(), close() and all at once, at 200 random offsets',
  isInCi: true,
  async run({ seed, quick }) {
    const times = quick ? 48 : 200;
    const app = await runApp('offsets', { folder: newFolder(), times, seed });
    const row = new Oracle().judge([app.ledger], () => 0);
    const { notes } = app.ledger;
    row.problems.push(...notes.filter((note) => note.startsWith('wrong ')).map((note) => note.slice(6)));
    if (app.ending !== 0 || !notes.includes(`at ${times}`))
      row.problems.push(`it ended by ${app.ending}: ${app.stderr.slice(0, 600)}`);
    if (app.stderr !== '') row.problems.push(`on standard error: ${app.stderr.slice(0, 300)}`);
    return [{ what: `${times} offsets`, ...row }];
  },
};
