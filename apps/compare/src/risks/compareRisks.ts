import { join } from 'node:path';
import { fromStateDict, type Backbone } from '@concord/backbone';
import type { Bridge } from '@concord/baselines';
import { moduleVariants } from '@concord/modules';
import type { NamedArray, Tape } from '@concord/nn';
import { configureBackbone, type ConfiguredBackbone } from '../backbones/configure.js';
import type { FoundBackbone } from '../backbones/discover.js';
import { DEFAULT_FACTOR } from '../parity/compare.js';
import { fittingInput, loadCohort, parityInput } from '../parity/parityInput.js';
import type { ParityInput } from '../parity/subject.js';
import { drawsOfEvaluation, drawTapes } from '../parity/tapes.js';
import { withSubject } from '../parity/withSubject.js';
import { readWeights } from '../weights/readWeights.js';
import { swappedPairs } from './swappedPairs.js';

/** How far the risks of one backbone's patients are apart, each error relative to the largest risk. */
export interface RiskComparison {
  readonly backbone: string;
  readonly cases: number;
  readonly errorTs: number;
  readonly errorPublished: number;
  readonly yardstick: number;
  /** Pairs of patients that TypeScript and the published class rank differently. */
  readonly swapped: number;
  /** Smallest distance of two patients' risks, and how far all of them reach; relative likewise. */
  readonly closest: number;
  readonly spread: number;
  /** Whether both errors are within their limit, and no pair is swapped. */
  readonly pass: boolean;
}

/** Patients, seed and checkouts. */
export interface RiskSetting {
  readonly cases: number;
  readonly seed: number;
  readonly folder: string;
}

/**
 * Draw weights in the published class, as it draws them itself, read the file that torch saves of them, and
 * compare the risks of the same synthetic patients: TypeScript, PyTorch in float64 and float32, the class.
 */
export async function compareRisks(
  found: FoundBackbone,
  declared: Backbone,
  { cases, seed, folder }: RiskSetting,
  bridge: Bridge,
): Promise<RiskComparison> {
  const input = patients(declared, cases, seed);
  const backbone = configureBackbone(found, declared, input.shape);
  const weights = await drawnWeights(backbone, bridge, seed, folder);
  const run = {
    subject: { backbone: declared.name, variant: 'plain', witness: 'reference' } as const,
    ...{
      backbone,
      input,
      weights,
      module: moduleVariants.plain(),
      factor: DEFAULT_FACTOR,
      published: folder,
    },
    tapes: [],
    evaluationTapes: evaluationTapes(backbone, input, seed),
  };
  const risks = { ts: [] as number[], published: [] as number[], truth: [] as number[] };
  const rows = await withSubject(run, bridge, ({ ts, stage }) =>
    stage(
      () => ({ risk: ts.risks() }),
      { stage: 'risks' },
      ({ risk }, { published, float64 }) => {
        risks.ts = [...risk!.get('risks')!.data];
        risks.published = [...published!.read('risks').data];
        risks.truth = [...float64!.read('risks').data];
      },
    ),
  );
  const [row] = rows.published;
  const swapped = swappedPairs(risks.ts, risks.published);
  const ordered = risks.truth.toSorted((a, b) => a - b);
  const gaps = ordered.slice(1).map((risk, i) => risk - ordered[i]!);
  return {
    backbone: declared.name,
    ...{ cases, errorTs: row!.errorTs, errorPublished: row!.errorPublished!, yardstick: row!.yardstick },
    swapped,
    closest: Math.min(...gaps) / row!.scale,
    spread: (ordered.at(-1)! - ordered[0]!) / row!.scale,
    pass: row!.pass && swapped === 0,
  };
}

/** As many synthetic patients, with the input that the published class reads. */
function patients(declared: Backbone, cases: number, seed: number): ParityInput {
  const options = { cohort: 'blca', preset: 'small', seed } as const;
  const taken = (demands = {}) => parityInput(loadCohort(options, demands, { cases }), cases);
  return fittingInput(declared, taken(), seed, taken);
}

/** The weights of a new instance of the published class, by way of the file that torch saves. */
async function drawnWeights(
  { declared, config }: ConfiguredBackbone,
  bridge: Bridge,
  seed: number,
  published: string,
): Promise<Record<string, NamedArray>> {
  const to = join(bridge.directory, `${declared.name}.pt`);
  const ragged = declared.ragged?.(config) ?? {};
  await bridge.call('published.draw', { backbone: declared.name, config, ragged, seed, published, to });
  return fromStateDict(await readWeights(to), declared.weightShapes(config), ragged);
}

function evaluationTapes(backbone: ConfiguredBackbone, input: ParityInput, seed: number): Tape[] {
  const model = backbone.create();
  const tapes = drawTapes(drawsOfEvaluation(model, input), seed);
  model.dispose();
  return tapes;
}
