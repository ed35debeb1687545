/**
 * One part of set-up.
 *
 * @typedef {object} Step
 * @property {string} title what is being done, for the progress line
 * @property {() => boolean} isDue false when there is nothing to do; quick, and without side effects
 * @property {(progress: import('./progress.mjs').Progress) => Promise<void>} run throws SetupProblem if something is missing
 */

/**
 * Where set-up works, and with which settings.
 *
 * @typedef {object} Place
 * @property {string} home the checkout
 * @property {NodeJS.ProcessEnv} env
 */

export {};
