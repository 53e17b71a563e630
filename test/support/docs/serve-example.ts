import { ChildApp } from '../child-app.js';

/**
 * Starts an application, sends it the requests of some `curl` commands, and ends it.
 *
 * @returns What it had printed before it was ended.
 */
export async function serve(
  file: string,
  cwd: string,
  commands: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<string> {
  const app = await ChildApp.start(file, cwd, variables);
  try {
    for (const line of commands.split('\n').filter((command) => command.startsWith('curl '))) {
      const { path, ...init } = parseCurl(line);
      await app.ask(path, init);
    }
    await app.quiet();
    // As it would be without the variable.
    return app.printed().replaceAll(String(app.port), '3000');
  } finally {
    await app.stop();
  }
}

interface CurlRequest {
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
}

/** `curl -X POST -H 'name: value' --json '{}' localhost:3000/path` as a request. */
function parseCurl(command: string): CurlRequest {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)]
    .map(([, quoted, bare]) => quoted ?? bare ?? '')
    .slice(1);
  const request: CurlRequest = { path: '/', method: 'GET', headers: {} };
  const next = (): string => words.shift() ?? '';
  while (words.length > 0) {
    const word = next();
    if (word === '-X') request.method = next();
    else if (word === '-H') {
      const [name = '', value = ''] = next().split(': ');
      request.headers[name] = value;
    } else if (word === '--json') {
      request.body = next();
      request.method = 'POST';
      request.headers['content-type'] = 'application/json';
    } else if (word.startsWith('localhost:3000')) request.path = word.slice('localhost:3000'.length);
    else throw new Error(`this option of curl is not known here: ${word}`);
  }
  return request;
}
