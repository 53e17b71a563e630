import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Engine } from './engine.js';
import { until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

const execute = promisify(execFile);

/** An entry as `journalctl -o json` prints it: strings, arrays of bytes for what is not UTF-8, arrays for repeats. */
export type JournalEntry = Readonly<Record<string, unknown>>;

/** A systemd-journald of one's own, which works without systemd. It drops nothing for coming too fast. */
export interface Journald extends Engine {
  /** Takes streams, as `/run/systemd/journal/stdout` does. */
  readonly stdoutPath: string;
  /** Takes datagrams of the native protocol, as `/run/systemd/journal/socket` does. */
  readonly socketPath: string;
  /** Takes datagrams of syslog, as `/dev/log` does. */
  readonly devLogPath: string;
  /** All entries that match, like `SYSLOG_IDENTIFIER=shop`, in order. */
  query(...matches: string[]): Promise<JournalEntry[]>;
  /** Resolves with the entries when there are so many. */
  received(count: number, matches?: readonly string[], timeoutMs?: number): Promise<JournalEntry[]>;
}

/** In a mount namespace of its own it finds these folders where it expects those of the system. */
const MOUNTS = `
mount --make-rprivate /
mount --bind "$1/journald.conf" /etc/systemd/journald.conf
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/journal /run/log/journal
mount --bind "$1/sockets" /run/systemd/journal
mount --bind "$1/journal" /run/log/journal
for program in /usr/lib/systemd/systemd-journald /lib/systemd/systemd-journald
do
  if [ -x "$program" ]; then exec "$program"; fi
done
`;

/** Starts a journald. */
export async function startJournald(): Promise<Journald> {
  const folder = dataFolder('journald');
  const [sockets, journal] = [path.join(folder, 'sockets'), path.join(folder, 'journal')];
  mkdirSync(sockets);
  mkdirSync(journal);
  writeFileSync(
    path.join(folder, 'journald.conf'),
    `[Journal]
Storage=volatile
RateLimitIntervalSec=0
RateLimitBurst=0
LineMax=1M
RuntimeMaxUse=1G
ReadKMsg=no
Audit=no
ForwardToSyslog=no
ForwardToWall=no
`,
  );
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const query = async (...matches: string[]): Promise<JournalEntry[]> => {
    const { stdout } = await execute(
      'journalctl',
      ['--directory', journal, '--merge', '--all', '--quiet', '--no-pager', '--output', 'json', ...matches],
      { maxBuffer: 1024 ** 3 },
    );
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as JournalEntry);
  };
  const starts = async () => (await query('MESSAGE_ID=f77379a8490b408bbe5f6940505a777b')).length;
  let startsBefore = 0;
  const engine = new EngineProcess(folder, {
    name: 'systemd-journald',
    command: 'unshare',
    args: [...asRoot, '--mount', 'sh', '-e', '-c', MOUNTS, 'sh', folder],
    // It writes down that it has started when its sockets are there.
    ready: async () => (await starts()) > startsBefore,
    ended: () => {
      startsBefore += 1;
    },
  });
  await engine.start();
  return {
    stdoutPath: path.join(sockets, 'stdout'),
    socketPath: path.join(sockets, 'socket'),
    devLogPath: path.join(sockets, 'dev-log'),
    query,
    async received(count, matches = [], timeoutMs = 15_000) {
      let entries: JournalEntry[] = [];
      await until(
        `journald has ${count} entries`,
        async () => {
          entries = await query(...matches);
          return entries.length >= count;
        },
        timeoutMs,
      );
      return entries;
    },
    ...engine.controls,
  };
}
