#!/usr/bin/env node
/**
 * Do mistakes in the TypeScript stack make parity fail, and does it name the right tensor first?
 *
 *   node tools/mutation/main.mjs [--only TEXT] [--json FILE]
 *
 * Exit 0 if at least 98 % of the mutants fail parity and at least 90 % are named rightly, else 1.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { MUTANTS } from './mutants.mjs';
import { createSandbox } from './sandbox.mjs';

const CAUGHT = 0.98;
const NAMED = 0.9;
/** Beyond the sixth step RAdam is rectified. */
const STEPS = 7;

const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const root = resolve(import.meta.dirname, '../..');
const sandbox = createSandbox(root);
process.once('SIGINT', () => {
  sandbox.remove();
  process.exit(2);
});

const chosen = MUTANTS.filter(
  ({ file, find, backbone }) => !values.only || `${file} ${find} ${backbone}`.includes(values.only),
);
/** @type {(import('./mutants.mjs').Mutant & { caught: boolean, named: boolean })[]} */
const results = [];
try {
  for (const backbone of new Set(chosen.map((mutant) => mutant.backbone))) {
    const { exitCode } = await parity(chosen.find((mutant) => mutant.backbone === backbone) ?? {});
    if (exitCode !== 0) throw new Error(`parity of ${backbone} fails without any mutant (exit ${exitCode})`);
  }
  for (const mutant of chosen) {
    const undo = sandbox.mutate(mutant);
    const found = await parity(mutant);
    undo();
    const caught = found.exitCode === 1;
    const named =
      caught && [found.quantity, found.stage.split(' ')[0]].some((name) => mutant.names.includes(name));
    results.push({ ...mutant, ...found, caught, named });
    const verdict = named ? 'named ' : caught ? 'caught' : 'MISSED';
    const first = found.quantity
      ? `first: ${found.stage}, ${found.quantity}`
      : `exit ${found.exitCode} ${found.error ?? ''}`;
    console.log(
      `${String(results.length).padStart(3)}/${chosen.length} ${verdict}  ${mutant.file}: ${mutant.find}  (${first})`,
    );
  }
} finally {
  sandbox.remove();
}

/** @param {(result: typeof results[number]) => boolean} of */
const share = (of) => results.filter(of).length / results.length;
const [caught, named] = [share((one) => one.caught), share((one) => one.named)];
console.log(
  `${results.length} mutants: ${percent(caught)} make parity fail, ${percent(named)} are named first`,
);
if (values.json)
  writeFileSync(
    values.json,
    JSON.stringify({ schema: 'concord-mutation/1', caught, named, results }, null, 2),
  );
process.exitCode = caught >= CAUGHT && named >= NAMED ? 0 : 1;

/**
 * Run parity in the sandbox on the backbone and the variant that show the mutant.
 *
 * @param {{ backbone?: string, module?: string }} mutant
 */
async function parity({ backbone = 'survpath', module = 'plain' }) {
  const json = join(sandbox.folder, 'report.json');
  const main = join(sandbox.folder, 'apps/compare/dist/main.js');
  const python = process.env.CONCORD_BRIDGE_PYTHON ?? join(root, '.venv/bin/python');
  const flags = [
    'parity',
    '--backbone',
    backbone,
    '--module',
    module,
    '--steps',
    String(STEPS),
    '--json',
    json,
  ];
  const { exitCode, stderr } = await execa('node', [main, ...flags], {
    cwd: sandbox.folder,
    reject: false,
    env: { CONCORD_BRIDGE_PYTHON: python },
  });
  if (exitCode !== 0 && exitCode !== 1) return { exitCode, error: stderr.split('\n').at(-1) };
  const { firstDivergence } = JSON.parse(readFileSync(json, 'utf8')).summary;
  return { exitCode, stage: firstDivergence?.stage, quantity: firstDivergence?.quantity };
}

/** @param {number} value */
function percent(value) {
  return `${(100 * value).toFixed(1)} %`;
}
