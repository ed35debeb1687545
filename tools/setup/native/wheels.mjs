import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Wheel
 * @property {string} package its name in the package index
 * @property {string} version
 * @property {string} platform the tag that pip asks for
 * @property {string} sha256
 * @property {{ wheel: number, unpacked: number }} [megabytes] where measured
 */

const pins = JSON.parse(readFileSync(new URL('wheels.json', import.meta.url), 'utf8'));

/** @type {string} */
export const tensorflowVersion = pins.tensorflow;

/**
 * The pinned wheel for a variant on a processor, or undefined if TensorFlow is not built for it.
 *
 * @param {'cpu' | 'gpu'} variant
 * @param {string} arch as Node names it
 * @returns {Wheel | undefined}
 */
export function pinnedWheel(variant, arch) {
  const wheel = pins.wheels[`${variant}-${arch}`];
  return wheel && { ...wheel, version: tensorflowVersion };
}
