/** @type {Set<() => void>} */
const endings = new Set();
let listening = false;

/**
 * Run `ending` if this process is ended by a signal; the signal's usual exit code follows.
 *
 * @param {() => void} ending
 * @returns {() => void} call it when the ending is no longer needed
 */
export function onExit(ending) {
  endings.add(ending);
  if (!listening) {
    listening = true;
    for (const [signal, number] of /** @type {const} */ ([
      ['SIGINT', 2],
      ['SIGTERM', 15],
      ['SIGHUP', 1],
    ])) {
      process.once(signal, () => {
        for (const end of endings) end();
        process.exit(128 + number);
      });
    }
  }
  return () => endings.delete(ending);
}
