import { createInterface } from 'node:readline';

/** What a job may use while it is computed. */
export interface JobContext {
  /** Aborted where the driver wants it to stop by itself. */
  readonly signal: AbortSignal;
  /** Tell the driver something, before the last word. */
  readonly say: (event: object) => void;
}

/**
 * Be the process of one job of Ray's driver. The first line of standard input is the request; a line `stop` aborts the
 * signal; the end of standard input ends the process. Standard output has one event a line, and last of all
 * `{ result }`, null where the job was stopped, or `{ error }`.
 *
 * @param compute undefined where it was stopped; what it throws is the error.
 */
export function serveJob<Request>(
  compute: (request: Request, context: JobContext) => Promise<object | undefined>,
): void {
  // The terminal sends a signal to every process; the one that started this one decides what comes of it.
  process.on('SIGINT', () => undefined).on('SIGTERM', () => undefined);
  const controller = new AbortController();
  let asked = false;
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (asked) return line === 'stop' ? controller.abort() : undefined;
      asked = true;
      void answer(JSON.parse(line) as Request);
    })
    .on('close', () => process.exit(1));

  async function answer(request: Request): Promise<void> {
    try {
      const result = await compute(request, { signal: controller.signal, say });
      say({ result: result ?? null }, () => process.exit(0));
    } catch (error) {
      console.error(error);
      say({ error: (error as Error).message }, () => process.exit(1));
    }
  }
}

function say(event: object, then?: () => void): void {
  process.stdout.write(`${JSON.stringify(event)}\n`, then);
}
