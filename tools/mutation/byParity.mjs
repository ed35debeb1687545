import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** Beyond the sixth step RAdam is rectified. */
const STEPS = 7;

/**
 * Run parity in a sandbox, on the backbone and the variant that show a mutant. It fails where the stacks
 * differ.
 *
 * @param {string} root @param {string} folder of the sandbox.
 * @param {{ backbone?: string, module?: string, backend?: string }} mutant
 * @returns {Promise<import('./main.mjs').Found>}
 */
export async function byParity(root, folder, { backbone = 'survpath', module = 'plain', backend = 'auto' }) {
  const json = join(folder, 'report.json');
  const main = join(folder, 'apps/compare/dist/main.js');
  const python = process.env.CONCORD_BRIDGE_PYTHON ?? join(root, '.venv/bin/python');
  const subject = ['--backbone', backbone, '--module', module, '--backend', backend];
  const flags = [...subject, '--steps', String(STEPS), '--json', json];
  const { exitCode, stderr } = await execa('node', [main, 'parity', ...flags], {
    cwd: folder,
    reject: false,
    env: { CONCORD_BRIDGE_PYTHON: python },
  });
  if (exitCode === 0) return { outcome: 'passes', found: [], said: 'exit 0' };
  if (exitCode !== 1)
    return { outcome: 'breaks', found: [], said: `exit ${exitCode} ${stderr.split('\n').at(-1)}` };
  const { firstDivergence } = JSON.parse(readFileSync(json, 'utf8')).summary;
  const { stage = '', quantity = '' } = firstDivergence ?? {};
  return {
    outcome: 'fails',
    found: [quantity, stage.split(' ')[0]],
    said: `first: ${stage}, ${quantity}`,
  };
}
