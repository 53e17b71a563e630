/** The name of a file's handler: `logs/error.log` is `error`. */
export function nameOfFile(filename: string | number | boolean | undefined): string {
  const base = typeof filename === 'string' ? filename.replace(/^.*\//, '').replace(/\.[^.]*$/, '') : '';
  return /^[A-Za-z_]\w*$/.test(base) ? base : 'file';
}

/** The name, or with a number behind it if it is taken. */
export function freeName(taken: Readonly<Record<string, unknown>>, name: string): string {
  let free = name;
  for (let count = 2; Object.hasOwn(taken, free); count += 1) free = `${name}${count}`;
  return free;
}
