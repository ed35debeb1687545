type Ending = NodeJS.Signals | 'exit';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const disposers = new Set<(ending: Ending) => void>();

/**
 * Run `dispose`, which must not wait for anything, when this process ends: by itself, by process.exit, by an
 * uncaught error (Node calls both 'exit'), by Ctrl-C, SIGTERM or a closed terminal.
 *
 * A signal still has its usual effect, unless the program listens for it as well: then the program decides.
 *
 * @returns a function that takes it back.
 */
export function onProcessEnd(dispose: (ending: Ending) => void): () => void {
  if (disposers.size === 0) listen();
  disposers.add(dispose);
  return () => {
    disposers.delete(dispose);
    if (disposers.size === 0) unlisten();
  };
}

function listen(): void {
  process.on('exit', onExit);
  // Before all others: a listener that takes itself away must not look as if nobody else were listening.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
}

function unlisten(): void {
  process.off('exit', onExit);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function disposeAll(ending: Ending): void {
  for (const dispose of [...disposers]) dispose(ending);
  disposers.clear();
  unlisten();
}

function onExit(): void {
  disposeAll('exit');
}

function onSignal(signal: NodeJS.Signals): void {
  disposeAll(signal);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
