import { clusterPatches, sampleRows } from '@concord/data';
import type { Modalities } from '@concord/backbone';
import type { TrainingCase } from './trainingSet.js';

/** Bags that are computed (tables, maps, generators) are kept up to this many numbers. */
const KEPT = 2 ** 26;

/** A case's bag in memory. */
export interface Bag {
  /** [rows, patchWidth], borrowed: the same memory may come again. */
  readonly patches: Float32Array;
  readonly rows: number;
  /** [rows], for a model that reads clusters. */
  readonly clusters?: Int32Array;
}

/** How bags are read. */
export interface BagOptions {
  readonly patchWidth: number;
  readonly reads: Modalities;
  readonly seed: number;
  /** Patches of a case, at most. */
  readonly sample?: number;
}

/** Reads the bags of cases as a model needs them; a model without patches gets one of zeros. */
export class Bags {
  private readonly kept = new Map<TrainingCase, Float32Array>();
  private readonly clusters = new Map<TrainingCase, Int32Array>();
  private room = KEPT;

  constructor(private readonly options: BagOptions) {}

  /** Patches of a bag, without reading it. */
  rows({ patchCount }: TrainingCase): number {
    const { reads, sample } = this.options;
    return reads.patches ? Math.min(sample ?? patchCount, patchCount) : 1;
  }

  /** @param turn names the draw of patches: the epoch, or the evaluation. */
  async load(one: TrainingCase, turn: number | 'evaluation'): Promise<Bag> {
    const { patchWidth, reads, seed } = this.options;
    const rows = this.rows(one);
    if (!reads.patches) return { patches: new Float32Array(patchWidth), rows };
    const chosen =
      rows < one.patchCount
        ? sampleRows(rows, one.patchCount, `${seed}/${turn}/${one.cohort}/${one.caseId}`)
        : undefined;
    const clusters = reads.clusters === undefined ? undefined : await this.clustersOf(one, reads.clusters);
    return {
      patches: one.load ? await one.load(chosen) : pick(this.whole(one), chosen, patchWidth),
      rows,
      ...(clusters && { clusters: chosen ? Int32Array.from(chosen, (row) => clusters[row]!) : clusters }),
    };
  }

  private whole(one: TrainingCase): Float32Array {
    const known = this.kept.get(one);
    if (known) return known;
    const patches = one.patches();
    if (patches.length <= this.room) {
      this.room -= patches.length;
      this.kept.set(one, patches);
    }
    return patches;
  }

  private async clustersOf(one: TrainingCase, count: number): Promise<Int32Array> {
    let found = this.clusters.get(one);
    if (!found) {
      const { patchWidth, seed } = this.options;
      found = clusterPatches(one.load ? await one.load() : this.whole(one), patchWidth, count, seed);
      this.clusters.set(one, found);
    }
    return found;
  }
}

function pick(all: Float32Array, rows: Uint32Array | undefined, width: number): Float32Array {
  if (!rows) return all;
  const some = new Float32Array(rows.length * width);
  rows.forEach((row, i) => some.set(all.subarray(row * width, (row + 1) * width), i * width));
  return some;
}
