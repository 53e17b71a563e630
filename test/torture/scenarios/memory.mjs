import { createServer } from 'node:net';
import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { inParallel } from '../support/random.mjs';

const COUNT = 1_000_000;
/** Of the cases that are not the point in CI: their queue is full with a twentieth of it. */
const FEWER = 200_000;
const MIB = 1024 * 1024;
/** Over what the same program needs when its records go somewhere: twice what a handler may keep, and 32 MiB. */
const ALLOWED = 2 * 16 * MIB + 32 * MIB;

/** A reader that reads nothing, and goes when the program does. */
const DEAF =
  'exec 4> >(exec sleep 1000 3>&- 2>&-); reader=$!; "$@" >&4; status=$?; kill $reader; exit $status';

const CASES = [
  { what: 'pipe', shell: DEAF, handler: () => ({ class: 'StreamHandler', options: { stream: 'stdout' } }) },
  {
    what: 'pipe, collected lines',
    isLong: true,
    shell: DEAF,
    handler: () => ({ class: 'StreamHandler', options: { stream: 'stdout', bufferSize: 65_536 } }),
  },
  { what: 'full device', handler: () => ({ class: 'FileHandler', options: { filename: '/dev/full' } }) },
  { what: 'stream of Node', handler: () => 'stream' },
  {
    what: 'queue',
    isLong: true,
    handler: () => ({
      class: 'QueueHandler',
      inner: [{ class: 'FileHandler', options: { filename: '/dev/full' } }],
    }),
  },
  { what: 'socket', handler: (port) => ({ class: 'SocketHandler', options: { host: '127.0.0.1', port } }) },
  {
    what: 'syslog over TCP',
    isLong: true,
    handler: (port) => ({
      class: 'SysLogHandler',
      options: { address: ['127.0.0.1', port], socktype: 'tcp' },
    }),
  },
  {
    what: 'web server',
    isLong: true,
    handler: (port) => ({
      class: 'HTTPHandler',
      options: { host: `127.0.0.1:${port}`, url: '/', method: 'POST' },
    }),
  },
];

export default {
  name: 'memory',
  title: 'a sink that never reads, 1,000,000 records of 250 bytes, --max-old-space-size=64',
  needs: ['bash', 'linux'],
  isInCi: true,
  async run({ quick, isCi, step, cores }) {
    const sockets = new Set();
    // Takes connections and reads nothing.
    const sink = createServer({ pauseOnConnect: true }, (socket) =>
      sockets.add(socket.on('error', () => {})),
    );
    await new Promise((resolve) => sink.listen(0, '127.0.0.1', resolve));
    const { port } = sink.address();
    try {
      return await inParallel(CASES, cores, async ({ what, isLong, shell, handler }) => {
        const count = quick || (isLong && isCi) ? FEWER : COUNT;
        const app = await runApp(
          'memory',
          { handler: handler(port), count },
          { nodeFlags: ['--max-old-space-size=64'], shell },
        );
        const row = new Oracle().judge([app.ledger]);
        const { stats, peak, baseline } = app.ledger;
        if (stats.length === 0) row.problems.push(`it ended by ${app.ending}: ${app.stderr.slice(-400)}`);
        else if (stats[0].emitted !== count)
          row.problems.push(`${stats[0].emitted} of ${count} accounted for`);
        const grown = peak - baseline;
        if (grown > ALLOWED) row.problems.push(`grew by ${mib(grown)} MiB, ${mib(ALLOWED)} allowed`);
        step(what);
        const note = `grew by ${mib(grown)} MiB of ${mib(ALLOWED)}; ${stats[0]?.dropped.toLocaleString('en')} counted as dropped`;
        return { what, ...row, issued: count, note };
      });
    } finally {
      for (const socket of sockets) socket.destroy();
      sink.close();
    }
  },
};

function mib(bytes) {
  return Math.round(bytes / MIB);
}
