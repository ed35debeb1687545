const KEPT_LINES = 50;
const LONGEST_LINE = 2000;
/* eslint-disable no-control-regex -- these find control characters, to remove them */
/** Colours and cursor movements; Node's own function for this would also remove the text up to a bell. */
const ESCAPES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[@-Z\\^_]/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/* eslint-enable no-control-regex */

/** Called for each line that Python prints. */
export type LogListener = (line: string, stream: 'stdout' | 'stderr') => void;

/** The last 50 lines that a process printed, without what would move the reader's cursor. */
export class LineTail {
  private readonly lines: string[] = [];
  private readonly unfinished = { stdout: '', stderr: '' };

  constructor(private readonly onLine: LogListener = () => undefined) {}

  /** @param chunk text as it came, lines cut anywhere; a progress bar's carriage return ends a line too. */
  add(chunk: string, stream: 'stdout' | 'stderr'): void {
    const lines = (this.unfinished[stream] + chunk).split(/\r\n|[\n\r]/);
    this.unfinished[stream] = lines.pop()!.slice(-LONGEST_LINE);
    for (const line of lines) this.keep(line, stream);
  }

  text(): string {
    return [...this.lines, clean(this.unfinished.stdout), clean(this.unfinished.stderr)]
      .filter((line) => line.trim())
      .slice(-KEPT_LINES)
      .join('\n');
  }

  private keep(raw: string, stream: 'stdout' | 'stderr'): void {
    const line = clean(raw);
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
    this.onLine(line, stream);
  }
}

function clean(line: string): string {
  return line.slice(0, LONGEST_LINE).replace(ESCAPES, '').replace(CONTROLS, '');
}
