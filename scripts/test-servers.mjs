/**
 * Sees to the programs that some tests run against. As root on Debian they are installed;
 * elsewhere the missing ones are named, and the tests that need them say that they were skipped.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** The program looked for, or the file of a plug-in or header, the Debian package that has it, and what it is for. */
const servers = [
  { program: 'python3', debianPackage: 'python3', purpose: 'comparing with the logging of CPython' },
  // Depends on rsyslog itself, and adds TLS to it.
  { program: 'rsyslogd', debianPackage: 'rsyslog-gnutls', purpose: 'sending to a real syslog server' },
  {
    program: 'rsyslog/imrelp.so',
    debianPackage: 'rsyslog-relp',
    purpose: 'sending to a syslog server that acknowledges',
  },
  { program: 'logrotate', debianPackage: 'logrotate', purpose: 'following a file that logrotate moves away' },
  { program: 'openssl', debianPackage: 'openssl', purpose: 'certificates that TLS must refuse' },
  { program: 'redis-server', debianPackage: 'redis-server', purpose: 'messages over Redis' },
  { program: 'nats-server', debianPackage: 'nats-server', purpose: 'messages over NATS' },
  { program: 'mosquitto', debianPackage: 'mosquitto', purpose: 'messages over MQTT' },
  { program: 'rabbitmq-server', debianPackage: 'rabbitmq-server', purpose: 'messages over RabbitMQ' },
  { program: 'cc', debianPackage: 'gcc', purpose: 'a library that makes system calls fail at random' },
  { program: 'dlfcn.h', debianPackage: 'libc6-dev', purpose: 'the same' },
  { program: 'mount', debianPackage: 'mount', purpose: 'a disk that is full' },
  { program: 'strace', debianPackage: 'strace', purpose: 'making system calls fail, and counting them' },
];

const missing = servers.filter(({ program }) => !isThere(program));
if (missing.length > 0) provide(missing);

function provide(missing) {
  const packages = missing.map(({ debianPackage }) => debianPackage);
  if (process.getuid?.() === 0 && isOnPath('apt-get') && install(packages)) return;
  console.warn(`Some tests will be skipped. Install with: apt-get install ${packages.join(' ')}`);
  for (const { program, purpose } of missing) console.warn(`  ${program}: ${purpose}`);
}

function install(packages) {
  console.log(`Installing for the tests: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args) =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const flags = ['install', '--yes', '--no-install-recommends', ...packages];
  return run(...flags) || (run('update') && run(...flags));
}

function isThere(program) {
  if (program.endsWith('.so')) return isInLib(program);
  if (program.endsWith('.h')) return existsSync(path.join('/usr/include', program));
  return isOnPath(program);
}

/** Plug-ins are in a folder named after the machine. */
function isInLib(file) {
  const folders = ['/usr/lib64', '/usr/lib', ...readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`)];
  return folders.some((folder) => existsSync(path.join(folder, file)));
}

function isOnPath(program) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
