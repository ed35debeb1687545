/** How long an interrupted run may take to stop its worker and clean up. */
const GRACE_MS = 3500;

/** A run that Ctrl-C ended. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What a person reads who pressed the keys: at once, and when the run has ended. */
export interface StopWords {
  readonly stopping: string;
  readonly stopped: string;
}

const PARITY_WORDS: StopWords = {
  stopping: 'stopping the Python worker and cleaning up.',
  stopped: 'nothing was written',
};

/**
 * Stop a run on Ctrl-C or a polite kill. The first signal aborts it and gives it a few seconds; a second one
 * has the system's usual effect.
 *
 * @param say writes one line for the person who pressed the keys. @param words what it reads.
 */
export function stopOnSignal(say: (text: string) => void, words: StopWords = PARITY_WORDS) {
  const controller = new AbortController();
  let giveUp: (error: Error) => void;
  const late = new Promise<never>((_, reject) => (giveUp = reject));
  late.catch(() => {});
  const stop = (signal: NodeJS.Signals) => {
    release();
    say(`\n${signal}: ${words.stopping}\n`);
    controller.abort(new Interrupted(`interrupted; ${words.stopped}`));
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
