import { join } from 'node:path';
import type { Bridge } from '@concord/baselines';
import { writeSafetensors, type TensorData } from '@concord/safetensors';
import { requireTrainable, type TrainingCase } from '@concord/training';
import { writeAtomic } from '../files/write-atomic.js';
import { cellData } from '../train/cellData.js';
import {
  CELL_SCHEMA,
  targetResults,
  writeCases,
  writeResult,
  writeRisks,
  type CellResult,
  type RoledCase,
} from '../train/cellFiles.js';
import { cellConfig, configText, hashOf, type CellSpec } from '../train/cellSpec.js';
import type { StudyCohort } from '../train/studyCohort.js';
import { PEER_READS, type Peer } from './gridOptions.js';
import { peerFeatures, type Features } from './peerFeatures.js';

/** Fit a peer on a cell's cases, in Python, and judge the same cases as any other model. */
export async function runPeer(
  peer: Peer,
  spec: CellSpec,
  cohorts: readonly StudyCohort[],
  folder: string,
  bridge: Bridge,
  note: (text: string) => void,
): Promise<CellResult> {
  const started = performance.now();
  const data = cellData(cohorts, spec);
  const { training, heldOut, targets } = data;
  requireTrainable(training, PEER_READS[peer]);
  const config = cellConfig(spec, cohorts, undefined);
  writeAtomic(join(folder, 'config.json'), configText(config));
  writeCases(folder, data);
  const judged = [...heldOut, ...targets];
  const matrices = async (prefix: string, cases: readonly TrainingCase[]) => {
    const { features, slides } = await peerFeatures(peer, cases, training.shape, cohorts);
    const matrix = ({ columns, data }: Features): TensorData => {
      return { dtype: 'F64', shape: [cases.length, columns], data };
    };
    return {
      [`${prefix}features`]: matrix(features),
      ...(slides && { [`${prefix}slides`]: matrix(slides) }),
    };
  };
  const vector = (values: readonly number[]): TensorData => {
    return { dtype: 'F64', shape: [values.length], data: Float64Array.from(values) };
  };
  const file = join(bridge.directory, 'peer.safetensors');
  await writeSafetensors(file, {
    ...(await matrices('training.', training.cases)),
    ...(await matrices('', judged)),
    'training.months': vector(training.cases.map(({ timeMonths }) => timeMonths)),
    'training.events': vector(training.cases.map(({ event }) => (event ? 1 : 0))),
  });
  const { risks, parameters } = await bridge.call<{ risks: readonly number[]; parameters: number }>(
    'peers.fit',
    {
      ...{ peer, file, seed: spec.seed },
    },
  );
  const roled = judged.map((one, i): RoledCase => ({
    ...{ one, risk: risks[i]!, loss: NaN },
    role: i < heldOut.length ? 'in-domain' : 'cross-domain',
  }));
  writeRisks(folder, roled);
  const result: CellResult = {
    ...{ schema: CELL_SCHEMA, hash: hashOf(config), stack: 'sksurv', backbone: peer, module: spec.module },
    ...{ source: spec.sources.join('+'), seed: spec.seed, fold: 'fold' in spec.split ? spec.split.fold : 0 },
    ...{ epochs: 0, steps: 0, seconds: (performance.now() - started) / 1000, parameters, finalLoss: null },
    targets: targetResults(roled, note),
  };
  writeResult(folder, result, false);
  return result;
}
