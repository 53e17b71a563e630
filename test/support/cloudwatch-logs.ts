/** An event as it was taken. */
export interface StoredEvent {
  readonly timestamp: number;
  readonly message: string;
}

interface Input {
  readonly logGroupName: string;
  readonly logStreamName?: string;
  readonly logEvents?: readonly StoredEvent[];
}

const DAY_MS = 24 * 3_600_000;

/** An error as the AWS SDK throws it. */
export function awsError(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

/**
 * CloudWatch Logs behind the client of the AWS SDK, as strict as the published limits of `PutLogEvents`, which moto does not
 * look at: 10,000 events, 1 MiB with 26 bytes for each event, in order of time, within 24 hours, none of them empty.
 */
export class CloudWatchLogs {
  /** The streams by group. */
  readonly groups = new Map<string, Map<string, StoredEvent[]>>();
  /** The events of each `PutLogEvents`. */
  readonly requests: (readonly StoredEvent[])[] = [];
  /** Names of the commands, in their order. */
  readonly commands: string[] = [];
  /** Asked before each command; what it returns is thrown. */
  fail: (command: string, input: Input) => Error | undefined = () => undefined;

  /** All events of a group. */
  events(group: string): StoredEvent[] {
    return [...(this.groups.get(group)?.values() ?? [])].flat();
  }

  /** What the client of the SDK has. */
  async send(command: { readonly input: Input }): Promise<unknown> {
    const name = command.constructor.name;
    this.commands.push(name);
    const error = this.fail(name, command.input);
    if (error !== undefined) throw error;
    if (name === 'CreateLogGroupCommand') return this.#createGroup(command.input);
    if (name === 'CreateLogStreamCommand') return this.#createStream(command.input);
    return this.#put(command.input);
  }

  #createGroup({ logGroupName }: Input): object {
    if (this.groups.has(logGroupName)) throw awsError('ResourceAlreadyExistsException', 'it exists');
    this.groups.set(logGroupName, new Map());
    return {};
  }

  #createStream({ logGroupName, logStreamName = '' }: Input): object {
    const streams = this.groups.get(logGroupName);
    if (streams === undefined) throw awsError('ResourceNotFoundException', 'The log group does not exist.');
    if (streams.has(logStreamName)) throw awsError('ResourceAlreadyExistsException', 'it exists');
    streams.set(logStreamName, []);
    return {};
  }

  #put({ logGroupName, logStreamName = '', logEvents = [] }: Input): object {
    const stream = this.groups.get(logGroupName)?.get(logStreamName);
    if (stream === undefined) throw awsError('ResourceNotFoundException', 'The log stream does not exist.');
    const invalid = (message: string) => awsError('InvalidParameterException', message);
    if (logEvents.length === 0 || logEvents.length > 10_000) throw invalid(`${logEvents.length} events`);
    const bytes = logEvents.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
    if (bytes > 1_048_576) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of 1048576`);
    if (logEvents.some(({ message }) => message === '')) throw invalid('Log event message must not be empty');
    const times = logEvents.map(({ timestamp }) => timestamp);
    if (times.some((time, at) => time < (times[at - 1] ?? 0)))
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
    const [oldest, newest] = [Date.now() - 14 * DAY_MS, Date.now() + 2 * 3_600_000];
    const taken = logEvents.filter(({ timestamp }) => timestamp >= oldest && timestamp <= newest);
    if (taken.length > 0 && (taken.at(-1)?.timestamp ?? 0) - (taken[0]?.timestamp ?? 0) > DAY_MS)
      throw invalid(
        'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
      );
    this.requests.push(logEvents);
    stream.push(...taken);
    const [tooOld, tooNew] = [
      times.findLastIndex((time) => time < oldest),
      times.findIndex((time) => time > newest),
    ];
    if (tooOld === -1 && tooNew === -1) return {};
    return {
      rejectedLogEventsInfo: {
        ...(tooOld === -1 ? {} : { tooOldLogEventEndIndex: tooOld + 1 }),
        ...(tooNew === -1 ? {} : { tooNewLogEventStartIndex: tooNew }),
      },
    };
  }
}
