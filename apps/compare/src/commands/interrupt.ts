/** How long an interrupted run may take to stop its worker and clean up. */
const GRACE_MS = 3500;

/** A run that Ctrl-C ended. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Stop a run on Ctrl-C or a polite kill. The first signal aborts it and gives it a few seconds; a second one
 * has the system's usual effect.
 *
 * @param say writes one line for the person who pressed the keys. @param what is said to happen.
 */
export function stopOnSignal(
  say: (text: string) => void,
  what = 'stopping the Python worker and cleaning up',
) {
  const controller = new AbortController();
  let giveUp: (error: Error) => void;
  const late = new Promise<never>((_, reject) => (giveUp = reject));
  late.catch(() => {});
  const stop = (signal: NodeJS.Signals) => {
    release();
    say(`\n${signal}: ${what}.\n`);
    controller.abort(new Interrupted('interrupted; nothing was written'));
    setTimeout(() => giveUp(new Interrupted('interrupted; the run did not stop in time')), GRACE_MS).unref();
  };
  const release = () => void process.off('SIGINT', stop).off('SIGTERM', stop);
  process.on('SIGINT', stop).on('SIGTERM', stop);
  /** The run's result; rejects as Interrupted, whatever the run itself made of the abort. */
  const guard = async <T>(run: Promise<T>): Promise<T> => {
    try {
      const result = await Promise.race([run, late]);
      controller.signal.throwIfAborted();
      return result;
    } catch (error) {
      throw controller.signal.aborted && !(error instanceof Interrupted) ? controller.signal.reason : error;
    }
  };
  return { signal: controller.signal, guard, release };
}
