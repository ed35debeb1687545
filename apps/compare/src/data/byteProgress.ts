import { formatBytes } from '../commands/data/bytes.js';
import type { CommandContext } from '../commands/context.js';

/** Nothing is said of what is done within this time. */
const QUIET_MS = 2000;
/** A log gets a line so often; a terminal sees the line move. */
const LOG_MS = 10_000;
const TERMINAL_MS = 200;

/** How far a run through many bytes is, on standard error. */
export interface ByteProgress {
  /** Begin a stage, such as `hashing`. */
  stage(name: string, totalBytes: number, files: number): void;
  bytes(count: number): void;
  file(): void;
  /** Wipes the line. */
  end(): void;
}

/** Say it on a terminal in one line that moves, elsewhere in a line every ten seconds. */
export function byteProgress({ err }: Pick<CommandContext, 'err'>): ByteProgress {
  const moves = err.isTTY === true;
  let [name, total, files, bytes, done] = ['', 0, 0, 0, 0];
  let begun = performance.now();
  let shown = false;
  const say = () => {
    if (name === '' || performance.now() - begun < QUIET_MS) return;
    const rate = bytes / ((performance.now() - begun) / 1000);
    const share = total > 0 ? ` (${Math.floor((100 * bytes) / total)} %)` : '';
    const line = `${name}: ${done} of ${files} files, ${formatBytes(bytes)} of ${formatBytes(total)}${share}, ${formatBytes(Math.round(rate))}/s`;
    err.write(moves ? `\r\u001B[K${line}` : `${line}\n`);
    shown = true;
  };
  const clock = setInterval(say, moves ? TERMINAL_MS : LOG_MS);
  // Otherwise a run of five seconds would leave a log without a word.
  const early = moves ? undefined : setTimeout(say, QUIET_MS + 50);
  return {
    stage(next, totalBytes, count) {
      [name, total, files, bytes, done] = [next, totalBytes, count, 0, 0];
      begun = performance.now();
    },
    bytes: (count) => void (bytes += count),
    file: () => void (done += 1),
    end() {
      clearInterval(clock);
      clearTimeout(early);
      if (shown && moves) err.write('\r\u001B[K');
    },
  };
}
