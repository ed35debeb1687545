/**
 * What doctor found, for people.
 *
 * @param {import('./examine.mjs').Findings} findings
 */
export function printFindings({ node, npm, python, compiler, backend, free, missing }) {
  /** @type {[string, string][]} */
  const rows = [
    ['Node', node],
    ['npm', npm ?? 'not found'],
    ['Python', python.version ? `${python.version}, ${python.path}` : 'no environment'],
    ['torch', python.torch ?? 'not installed'],
    ['bridge', python.concordBridge ? `concord-bridge ${python.concordBridge}` : 'not installed'],
    ['C++ compiler', compiler ?? 'not found'],
    [
      'TensorFlow',
      backend.tensorflow ? `${backend.tensorflow}, native (${backend.variant})` : 'no native library',
    ],
    ['backend', `${backend.name ?? 'none'}${backend.notNative ? `: ${backend.notNative}` : ''}`],
    ['GPU', backend.gpu ? 'in use' : `not in use: ${backend.notGpu ?? 'nothing computes'}`],
    ['disk free', `${gigabytes(free.checkout)} here, ${gigabytes(free.cache)} in the cache`],
    ['shared memory', free.sharedMemory === null ? 'none' : `${gigabytes(free.sharedMemory)} free`],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(14)} ${value}`);
  const last =
    missing.length > 0
      ? ['', ...missing.map((sentence) => `missing: ${sentence}`)]
      : ['', 'Nothing is missing.'];
  return `${[...lines, ...last].join('\n')}\n`;
}

/** @param {number} bytes */
function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
