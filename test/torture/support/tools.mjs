import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What scenarios may need, how to find out whether it is there, and what to do if not. */
const tools = {
  bash: { isThere: () => works('bash', ['--version']), remedy: 'apt-get install bash' },
  cc: { isThere: canCompile, remedy: 'apt-get install gcc libc6-dev' },
  openssl: { isThere: () => works('openssl', ['version']), remedy: 'apt-get install openssl' },
  rsyslogd: { isThere: () => works('rsyslogd', ['-v']), remedy: 'apt-get install rsyslog' },
  'rsyslog-relp': {
    isThere: () => works('bash', ['-c', 'ls /usr/lib/*/rsyslog/imrelp.so']),
    remedy: 'apt-get install rsyslog-relp',
  },
  mount: { isThere: canMount, remedy: 'apt-get install mount, and be root where a tmpfs may be mounted' },
  mkfifo: { isThere: () => works('mkfifo', ['--version']), remedy: 'apt-get install coreutils' },
  linux: { isThere: () => process.platform === 'linux', remedy: 'Linux' },
  'smtp-server': { isThere: () => hasPackage('smtp-server'), remedy: 'npm ci' },
  nodemailer: { isThere: () => hasPackage('nodemailer'), remedy: 'npm ci' },
  'fast-check': { isThere: () => hasPackage('fast-check'), remedy: 'npm ci' },
};

const known = new Map();

/** Of the tools named those that are missing, each with what to do about it. */
export function missingTools(names = []) {
  return names
    .filter((name) => {
      if (!known.has(name)) known.set(name, tools[name].isThere());
      return !known.get(name);
    })
    .map((name) => `${name} (${tools[name].remedy})`);
}

function works(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** The compiler is of no use without the headers. */
function canCompile() {
  const flags = ['-fsyntax-only', '-x', 'c', '-include', 'dlfcn.h', '-include', 'unistd.h', '/dev/null'];
  return works('cc', flags);
}

function canMount() {
  const folder = mkdtempSync(path.join(tmpdir(), 'mount-'));
  const mounted = works('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}

function hasPackage(name) {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
