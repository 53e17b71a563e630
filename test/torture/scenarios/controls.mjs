import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';

export default {
  name: 'controls',
  title: 'control characters and forged lines in every field of a record, every formatter',
  isInCi: true,
  async run() {
    const app = await runApp('controls', {});
    const row = new Oracle().judge([app.ledger]);
    const done = app.ledger.notes.find((note) => note.startsWith('done '));
    if (done === undefined) {
      row.problems.push(`it ended by ${app.ending}: ${app.stderr.slice(0, 600)}`);
      return [{ what: 'formatters', ...row }];
    }
    const { checked, formatters, fields, payloads, wrong, first } = JSON.parse(done.slice(5));
    row.problems.push(...first);
    const note = `${formatters} formatters and settings × ${fields} fields × ${payloads} payloads`;
    return [{ what: 'formatters', ...row, issued: checked, forged: wrong, note }];
  },
};
