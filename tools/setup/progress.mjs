/**
 * @typedef {object} Progress
 * @property {(text: string) => void} note the newest line of what is going on
 * @property {(text?: string) => void} end stop, leaving one line behind
 */

const QUIET_MS = 1_000;
const REPEAT_MS = 20_000;

/**
 * Say what takes long: in a terminal one line that counts the seconds, elsewhere a line now and then.
 * Work of less than a second leaves no trace.
 *
 * @param {string} title
 * @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} out
 * @returns {Progress}
 */
export function startProgress(title, out = process.stderr) {
  const start = Date.now();
  let latest = '';
  let shown = false;
  let lastShown = 0;
  const seconds = () => Math.round((Date.now() - start) / 1000);
  const show = () => {
    if (out.isTTY) {
      const line = `${title}  ${seconds()} s  ${latest}`;
      out.write(`\r\x1b[2K${line.slice(0, (out.columns ?? 80) - 1)}`);
    } else if (!shown) {
      out.write(`${title} ...\n`);
      lastShown = Date.now();
    } else if (Date.now() - lastShown >= REPEAT_MS) {
      out.write(`${title} ... ${seconds()} s  ${latest}\n`);
      lastShown = Date.now();
    }
    shown = true;
  };
  const timer = setInterval(show, QUIET_MS);
  return {
    note(text) {
      latest = text;
    },
    end(text = 'done') {
      clearInterval(timer);
      if (!shown) return;
      out.write(`${out.isTTY ? '\r\x1b[2K' : ''}${title}: ${text}, ${seconds()} s\n`);
    },
  };
}
