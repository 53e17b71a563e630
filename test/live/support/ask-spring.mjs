/**
 * Asks an application the requests of spring-requests.json, one after the other, and gives what is compared: status,
 * media type, and the body where it is the endpoint's own.
 *
 *   node test/live/support/ask-spring.mjs http://127.0.0.1:8080/actuator/loggers > test/live/fixtures/spring-boot-3.5.7.json
 *
 * records what a Spring Boot application answers that was started with
 * --logging.level.root=INFO --logging.level.shop=INFO --logging.level.store.back=WARN --logging.group.store=store.front,store.back
 * and has asked for the loggers shop.orders, store.front and store.back.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

const requests = JSON.parse(readFileSync(new URL('spring-requests.json', import.meta.url), 'utf8'));

/** @param {string} url Of the endpoint. @param {Record<string, string>} headers Sent with each request. */
export async function askAll(url, headers = {}) {
  const answers = [];
  for (const { say, method, path, headers: own, body } of requests) {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method, headers: { ...headers, ...type, ...own }, body });
    const text = await response.text();
    answers.push({
      say: `${say}: ${method} ${path}`,
      status: response.status,
      type: response.status < 300 ? (response.headers.get('content-type')?.replace(/;.*/, '') ?? null) : null,
      // What a framework says of an error is its own.
      body: response.status === 200 ? known(JSON.parse(text)) : response.status === 204 ? text : null,
    });
  }
  return answers;
}

/** Without the loggers and groups that each framework has of its own. */
function known(body) {
  if (body.loggers === undefined) return body;
  const only = (entries, pattern) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => pattern.test(name)));
  const loggers = only(body.loggers, /^(ROOT$|shop|store\.|brand\.)/);
  return { ...body, loggers, groups: only(body.groups, /^store$/) };
}

if (process.argv[1]?.endsWith('ask-spring.mjs')) {
  process.stdout.write(`${JSON.stringify(await askAll(process.argv[2]), null, 2)}\n`);
}
