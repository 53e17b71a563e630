import { constants } from 'node:fs';

/** The flag of `open` that refuses symbolic links; 0 on Windows, which has none. */
export const O_NOFOLLOW: number = constants.O_NOFOLLOW ?? 0;
