#!/usr/bin/env node
/**
 * Do mistakes in the TypeScript stack make parity fail, and does it name the right tensor first? Do mistakes in
 * training make a test fail, and is it the one that is there for them?
 *
 *   node tools/mutation/main.mjs [--of parity|training] [--only TEXT] [--json FILE]
 *
 * Exit 0 if at least 98 % of the mutants are caught and at least 90 % are named rightly, else 1.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { byParity } from './byParity.mjs';
import { byTests } from './byTests.mjs';
import { MUTANTS } from './mutants.mjs';
import { createSandbox } from './sandbox.mjs';
import { TRAINING_MUTANTS } from './trainingMutants.mjs';

/**
 * What a run says, and the names that it gives.
 *
 * @typedef {{ outcome: 'passes' | 'fails' | 'breaks', found: string[], said: string }} Found
 */

const CAUGHT = 0.98;
const NAMED = 0.9;

/**
 * One mistake, what it is shown on, and how.
 *
 * @typedef {{ file: string, find: string, replace: string, names: string[] }} Mistake
 * @typedef {{ mutant: Mistake, on: string, run: (root: string, folder: string) => Promise<Found> }} Trial
 */

const KINDS = [
  {
    name: 'parity',
    trials: MUTANTS.map((mutant) => trial(mutant, mutant.backbone ?? 'survpath', byParity)),
  },
  { name: 'training', trials: TRAINING_MUTANTS.map((mutant) => trial(mutant, mutant.tests, byTests)) },
];

const { values } = parseArgs({
  options: { of: { type: 'string' }, only: { type: 'string' }, json: { type: 'string' } },
});
const kinds = KINDS.filter(({ name }) => !values.of || name === values.of);
if (kinds.length === 0)
  throw new Error(`--of ${values.of}: there are ${KINDS.map(({ name }) => name).join(', ')}`);
const root = resolve(import.meta.dirname, '../..');
const sandbox = createSandbox(root);
process.once('SIGINT', () => {
  sandbox.remove();
  process.exit(2);
});

/** @type {(Mistake & { of: string, caught: boolean, named: boolean, said: string })[]} */
const results = [];
try {
  for (const { name: of, trials } of kinds) {
    const chosen = trials.filter(
      ({ mutant, on }) => !values.only || `${mutant.file} ${mutant.find} ${on}`.includes(values.only),
    );
    for (const { on, run } of new Map(chosen.map((one) => [one.on, one])).values()) {
      const { outcome, said } = await run(root, sandbox.folder);
      if (outcome !== 'passes') throw new Error(`${of} of ${on} ${outcome} without any mutant (${said})`);
    }
    for (const [i, { mutant, run }] of chosen.entries()) {
      const undo = sandbox.mutate(mutant);
      const { outcome, found, said } = await run(root, sandbox.folder);
      undo();
      const caught = outcome === 'fails';
      const named = caught && found.some((name) => mutant.names.includes(name));
      results.push({ of, ...mutant, caught, named, said });
      const verdict = named ? 'named ' : caught ? 'caught' : 'MISSED';
      console.log(
        `${String(i + 1).padStart(3)}/${chosen.length} ${verdict}  ${mutant.file}: ${mutant.find}  (${said})`,
      );
    }
  }
} finally {
  sandbox.remove();
}

/** @param {(result: typeof results[number]) => boolean} of */
const share = (of) => results.filter(of).length / results.length;
const [caught, named] = [share((one) => one.caught), share((one) => one.named)];
console.log(`${results.length} mutants: ${percent(caught)} are caught, ${percent(named)} by what is named`);
if (values.json)
  writeFileSync(
    values.json,
    JSON.stringify({ schema: 'concord-mutation/1', caught, named, results }, null, 2),
  );
process.exitCode = caught >= CAUGHT && named >= NAMED ? 0 : 1;

/** @param {number} value */
function percent(value) {
  return `${(100 * value).toFixed(1)} %`;
}

/**
 * @template {Mistake} M
 * @param {M} mutant @param {string} on what shows it.
 * @param {(root: string, folder: string, mutant: M) => Promise<Found>} run
 * @returns {Trial}
 */
function trial(mutant, on, run) {
  return { mutant, on, run: (root, folder) => run(root, folder, mutant) };
}
