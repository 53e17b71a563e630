import { createServer } from 'node:net';
import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { inParallel } from '../support/random.mjs';

const COUNT = 1_000_000;
/** Of the cases that are not the point in CI: their queue is full with a twentieth of it. */
const FEWER = 200_000;
const MIB = 1024 * 1024;
/** What a handler may keep. */
const QUEUE = 16 * MIB;
/** Over what the same program needs when its records go somewhere: twice that, and 32 MiB. */
const ALLOWED = 2 * QUEUE + 32 * MIB;

/** A reader that reads nothing, and goes when the program does. */
const DEAF =
  'exec 4> >(exec sleep 1000 3>&- 2>&-); reader=$!; "$@" >&4; status=$?; kill $reader; exit $status';

const toFile = (filename) => ({ class: 'FileHandler', options: { filename } });
const toSocket = (port) => ({ class: 'SocketHandler', options: { host: '127.0.0.1', port } });
const toSyslog = (port) => ({
  class: 'SysLogHandler',
  options: { address: ['127.0.0.1', port], socktype: 'tcp' },
});
const toWeb = (port) => ({
  class: 'HTTPHandler',
  options: { host: `127.0.0.1:${port}`, url: '/', method: 'POST' },
});
const toQueue = (filename) => ({ class: 'QueueHandler', inner: [toFile(filename)] });
const toPipe = (more = {}) => ({ class: 'StreamHandler', options: { stream: 'stdout', ...more } });

/** `handler`: what is given records that nobody takes; `idle`: the same, and everything is taken. */
const CASES = [
  { what: 'pipe', shell: DEAF, handler: () => toPipe() },
  {
    what: 'pipe, collected lines',
    isLong: true,
    shell: DEAF,
    handler: () => toPipe({ bufferSize: 65_536 }),
  },
  { what: 'full device', handler: () => toFile('/dev/full') },
  { what: 'stream of Node', handler: () => 'deaf stream', idle: () => 'stream' },
  {
    what: 'queue',
    isLong: true,
    handler: () => toQueue('/dev/full'),
    idle: () => toQueue('/dev/null'),
  },
  { what: 'socket', handler: toSocket, idle: toSocket },
  { what: 'syslog over TCP', isLong: true, handler: toSyslog, idle: toSyslog },
  { what: 'web server', isLong: true, handler: toWeb },
  // What waits must not keep the pool that Node cuts small Buffers from.
  {
    what: 'full device, beside other Buffers',
    isLong: true,
    usesBuffers: true,
    handler: () => toFile('/dev/full'),
  },
  {
    what: 'socket, beside other Buffers',
    isLong: true,
    usesBuffers: true,
    handler: toSocket,
    idle: toSocket,
  },
  {
    what: 'syslog, beside other Buffers',
    isLong: true,
    usesBuffers: true,
    handler: toSyslog,
    idle: toSyslog,
  },
];

export default {
  name: 'memory',
  title: 'a sink that never reads, 1,000,000 records of 250 bytes, --max-old-space-size=64',
  needs: ['bash', 'linux'],
  isInCi: true,
  async run({ quick, isCi, step, cores }) {
    const deaf = await listen({ pauseOnConnect: true });
    const attentive = await listen();
    try {
      return await inParallel(CASES, cores, async ({ what, isLong, shell, usesBuffers, handler, idle }) => {
        const count = quick || (isLong && isCi) ? FEWER : COUNT;
        const app = await runApp(
          'memory',
          {
            handler: handler(deaf.port),
            idle: idle?.(attentive.port) ?? toFile('/dev/null'),
            count,
            usesBuffers,
          },
          { nodeFlags: ['--max-old-space-size=64', '--expose-gc'], shell },
        );
        step(what);
        return judge(what, app, { count, usesBuffers });
      });
    } finally {
      deaf.close();
      attentive.close();
    }
  },
};

function judge(what, { ledger, ending, stderr }, { count, usesBuffers }) {
  const row = new Oracle().judge([ledger]);
  const { stats, peak, baseline, notes } = ledger;
  const held = Number(notes.find((note) => note.startsWith('held '))?.slice(5));
  if (stats.length === 0) row.problems.push(`it ended by ${ending}: ${stderr.slice(-400)}`);
  else if (stats[0].emitted !== count) row.problems.push(`${stats[0].emitted} of ${count} accounted for`);
  const grown = peak - baseline;
  // Beside other Buffers most of it is theirs, waiting to be collected.
  if (grown > ALLOWED && !usesBuffers)
    row.problems.push(`grew by ${mib(grown)} MiB, ${mib(ALLOWED)} allowed`);
  if (!(held <= 2 * QUEUE)) row.problems.push(`${mib(held)} MiB are held, ${mib(2 * QUEUE)} allowed`);
  const dropped = stats[0]?.dropped.toLocaleString('en');
  const note = `grew by ${mib(grown)} MiB of ${mib(ALLOWED)}, ${mib(held)} MiB of it held; ${dropped} counted as dropped`;
  return { what, ...row, issued: count, note };
}

/** Takes connections, and what comes over them unless they are paused. */
async function listen(options = {}) {
  const sockets = new Set();
  const server = createServer(options, (socket) => {
    sockets.add(socket.on('error', () => {}));
    if (!options.pauseOnConnect) socket.resume();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function mib(bytes) {
  return Math.round(bytes / MIB);
}
