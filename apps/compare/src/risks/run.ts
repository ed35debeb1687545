import { openBridge } from '@concord/baselines';
import { initBackend } from '@concord/nn';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import type { RiskOptions, RunRisks } from '../commands/risks.js';
import { publishedWitness } from '../parity/publishedWitness.js';
import { compareRisks, type RiskComparison } from './compareRisks.js';
import { renderRisks } from './render.js';

/** Compare the risks of every backbone whose checkout is there. */
export const runRisks: RunRisks = async ({ backbones, cwd, signal, ...setting }: RiskOptions, note) => {
  await initBackend();
  const bridge = await openBridge();
  const stop = () => void bridge.close();
  signal.addEventListener('abort', stop);
  const compared: RiskComparison[] = [];
  const missing: string[] = [];
  try {
    for (const name of backbones) {
      signal.throwIfAborted();
      const found = findBackbone(cwd, name);
      const declared = await loadBackbone(found);
      const witness = publishedWitness(declared, 'plain', setting.folder);
      if (!witness?.folder) {
        missing.push(`${name}: ${witness?.missing ?? 'no class of it was published'}`);
        continue;
      }
      note(name);
      compared.push(await compareRisks(found, declared, setting, bridge));
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await bridge.close();
  }
  const same = compared.every(({ pass }) => pass);
  return {
    text: renderRisks(compared, missing),
    status: compared.length === 0 ? 'none' : same ? 'same' : 'differ',
  };
};
