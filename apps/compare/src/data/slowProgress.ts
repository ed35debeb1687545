import type { CommandContext } from '../commands/context.js';

/** Work that ends sooner needs no progress, and a log no more lines than this. */
const FIRST_MS = 2000;
const EVERY_MS = 5000;

export interface SlowProgress {
  readonly step: (done: number, total: number, name: string) => void;
  /** Clear the line. */
  readonly end: () => void;
}

/** A line on standard error for work that takes long: `37 of 431  TCGA-…`; a terminal sees one that changes. */
export function slowProgress(err: CommandContext['err'], verb: string): SlowProgress {
  const start = Date.now();
  let last = 0;
  let shown = false;
  return {
    step(done: number, total: number, name: string): void {
      const now = Date.now();
      if (now - start < FIRST_MS || now - last < (err.isTTY ? 100 : EVERY_MS)) return;
      last = now;
      shown = true;
      const line = `${verb} ${done + 1} of ${total}  ${name}`;
      err.write(err.isTTY ? `\r\u001B[K${line.slice(0, 100)}` : `${line}\n`);
    },
    end(): void {
      if (shown && err.isTTY) err.write('\r\u001B[K');
    },
  };
}
