/** Thousands of small files that can be made again: each appears whole, and none waits for the disk. */
export const UNSYNCED = { fsync: false } as const;
