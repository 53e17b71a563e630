/**
 * Waits until work is done, or for the given milliseconds, whichever comes first; keeps the process alive meanwhile.
 *
 * @throws What `work` rejects with.
 */
export async function inTime(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
