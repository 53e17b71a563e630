import { get, type IncomingMessage } from 'node:http';

/** Server-sent events as a client gets them. */
export interface Events {
  readonly response: IncomingMessage;
  /** The records that came, once there are so many. */
  records(count: number): Promise<unknown[]>;
  /** All that came, as text. */
  text(): string;
  close(): void;
}

/** Connects to a stream of records. */
export function readEvents(url: string, headers: Record<string, string> = {}): Promise<Events> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.includes('event: hello')) resolve(events);
      });
      response.on('error', () => undefined);
      const events: Events = {
        response,
        text: () => text,
        close: () => request.destroy(),
        records: async (count) => {
          for (let tries = 0; ; tries += 1) {
            const found = [...text.matchAll(/event: records\ndata: (.*)\n\n/g)].flatMap(
              ([, list = '[]']) => JSON.parse(list) as unknown[],
            );
            if (found.length >= count || tries > 200) return found;
            await new Promise((later) => setTimeout(later, 20));
          }
        },
      };
      if (response.statusCode !== 200) resolve(events);
    });
    request.on('error', reject);
  });
}
