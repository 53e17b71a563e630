import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to connections: one of those could take the port of a server that is being restarted. */
const FIRST = 20_000;
const LAST = 32_000;

/** A port of this machine that nothing listens on. */
export async function freePort() {
  for (let attempts = 1; ; attempts += 1) {
    const port = randomInt(FIRST, LAST);
    try {
      await listenOnce(port);
      return port;
    } catch (error) {
      if (attempts === 100) throw error;
    }
  }
}

function listenOnce(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(resolve));
  });
}
