import { setTimeout as sleep } from 'node:timers/promises';
import { startRsyslog } from '../../support/rsyslog.js';
import { startApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { between } from '../support/random.mjs';
import { newFolder } from '../support/scratch.mjs';

const KILLS = 10;

export default {
  name: 'relp',
  title: 'acknowledged syslog with a spool, the server killed 10 times, and the program once',
  needs: ['rsyslogd', 'rsyslog-relp'],
  isInCi: true,
  async run({ random, quick, step }) {
    const kills = quick ? 3 : KILLS;
    const server = await startRsyslog();
    try {
      const handler = {
        class: 'RelpHandler',
        options: { address: ['127.0.0.1', server.relpPort], spool: { directory: newFolder('spool') } },
      };
      const config = { handler, promise: 'call', perSecond: 1_000, waitMs: 40_000 };
      // This one is killed itself; what it leaves in its spool is the next one's.
      const first = startApp('steady', { ...config, seconds: 60 });
      await first.ledger.note('started');
      await sleep(1_000);
      await server.kill();
      await sleep(300);
      first.child.kill('SIGKILL');
      await first.ended;
      await server.start();
      const second = startApp('steady', { ...config, seconds: kills * 0.9 + 1 });
      await second.ledger.note('started');
      for (let kill = 1; kill <= kills; kill++) {
        await sleep(between(random, 200, 700));
        await server.kill();
        await sleep(between(random, 0, 300));
        await server.start();
        step(`kill ${kill} of ${kills}`);
      }
      await second.ended;
      const ledgers = [first.ledger, second.ledger];
      const oracle = new Oracle({ mayDouble: true });
      const lines = () => server.messages().map(({ msg }) => msg.trim());
      for (const line of lines()) oracle.readLine(line);
      const row = oracle.judge(ledgers, ({ promised }) => promised);
      if (
        second.stderr !== '' &&
        /Error: (?!.*(connect|connection|E[A-Z]{2,}|acknowledg))/.test(second.stderr)
      )
        row.problems.push(second.stderr.slice(0, 400));
      if (row.issued < kills * 500) row.problems.push(`only ${row.issued} records were issued`);
      return [
        {
          what: `server killed ${kills} times`,
          ...row,
          faults: kills + 2,
          note: `${row.doubled} arrived twice, as at-least-once allows`,
        },
      ];
    } finally {
      await server.stop();
    }
  },
};
