/** Whether a value is the text of a JavaScript stack, as `error.stack` is. */
export function isStackText(value: unknown): value is string {
  return typeof value === 'string' && value.includes('\n') && /\n[ \t]+at .+:\d+:\d+/.test(value);
}

/** What has such a stack, for a traceback: a copy of the Error, whose stack is printed unchanged. */
export function errorOfStack(stack: string): {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
} {
  const head = stack.slice(0, stack.search(/\n[ \t]+at /));
  const named = /^([A-Za-z_$][\w$.]*)(?:: ([\s\S]*))?$/.exec(head);
  return { name: named?.[1] ?? 'Error', message: named === null ? head : (named[2] ?? ''), stack };
}
