import { readFileSync } from 'node:fs';

/** A tensor as the Python makers write it. */
export interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}

/** Read a reference file of this package; each names its maker. */
export function readReference<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../reference/${name}.json`, import.meta.url), 'utf8')) as T;
}
