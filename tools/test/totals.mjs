/**
 * @typedef {object} Totals
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** @param {Totals[]} parts @returns {Totals} */
export function addTotals(parts) {
  const sum = (/** @type {keyof Totals} */ name) => parts.reduce((total, part) => total + part[name], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** `N passed, N failed`, and `, N skipped` if any were. @param {Totals} totals */
export function totalsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * A runner that failed must not be added up to a success: where its report is absent, or holds no failure although
 * its exit code says so (an unhandled error, a file that does not load), that counts as one failure.
 *
 * @param {Totals | undefined} reported what the runner's own report says
 * @param {number} exitCode
 * @returns {Totals}
 */
export function believeExitCode(reported, exitCode) {
  const totals = reported ?? { passed: 0, failed: 0, skipped: 0 };
  const silent = totals.failed === 0 && (exitCode !== 0 || reported === undefined);
  return silent ? { ...totals, failed: 1 } : totals;
}
