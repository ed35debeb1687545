import { runPython } from '@concord/baselines';

/** Make the folder of an audit's report an RO-Crate 1.1: what it holds, of which code, made by what. */
export async function writeCrate(folder: string): Promise<void> {
  await runPython(['-m', 'concord_bridge.audit', 'crate', folder]);
}
