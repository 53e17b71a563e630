import { escapeControls } from '../../core/formatting/sanitize.js';
import { cutText } from '../../runtime/cut-text.js';

/** The longest path that is shown. */
const MAX_PATH = 500;

/** The address a request came from, of Express, Fastify, Node or Django; `undefined` if it has none. */
export function remoteAddress(request: unknown): string | undefined {
  const { ip, socket, META } = properties(request, ['ip', 'socket', 'META']);
  const candidates = [
    properties(META, ['REMOTE_ADDR']).REMOTE_ADDR,
    ip,
    properties(socket, ['remoteAddress']).remoteAddress,
  ];
  return candidates.find((candidate): candidate is string => typeof candidate === 'string');
}

/** `GET /orders from 10.0.0.1`; without the query, which may hold secrets. */
export function describeRequest(request: unknown): string {
  const { method, originalUrl, url } = properties(request, ['method', 'originalUrl', 'url']);
  const target = [originalUrl, url].find((candidate) => typeof candidate === 'string') ?? '?';
  const path = cutText(String(target).split(/[?#]/, 1)[0] ?? '', MAX_PATH);
  const verb = typeof method === 'string' ? method : '?';
  return escapeControls(`${verb} ${path} from ${remoteAddress(request) ?? 'an unknown address'}`, true);
}

/** Some properties of a value that may be anything; what throws is left out. */
function properties(value: unknown, names: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  if (typeof value !== 'object' || value === null) return found;
  for (const name of names) {
    try {
      found[name] = (value as Record<string, unknown>)[name];
    } catch {
      // A getter that fails counts as missing.
    }
  }
  return found;
}
