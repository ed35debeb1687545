import type { Cohort } from '../cohort.js';
import { iterateBags } from './iterateBags.js';
import { siteOf } from './siteConfounding.js';

/** One channel over the patches that were looked at. */
export interface ChannelStatistics {
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
  readonly least: number;
  readonly most: number;
}

/** What a cohort's patch features look like. */
export interface FeatureStatistics {
  readonly cases: number;
  readonly patches: number;
  readonly channels: readonly ChannelStatistics[];
  /** Channels that never vary. */
  readonly constant: readonly string[];
  /**
   * Share of the variance between cases (of their mean patch) that the tissue source site explains, corrected for
   * the number of sites: about 0 where sites do not matter. Undefined with a single site.
   */
  readonly siteShare?: number;
}

export interface StatisticsOptions {
  /** Patches of each bag that are looked at; default 64. */
  readonly sample?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/**
 * Mean, spread and range of every channel over some patches of every case, and how much of it is the site.
 *
 * @source Welford 1962 (running variance); ε², Kelley 1935 (corrected share of variance).
 */
export async function featureStatistics(
  cohort: Pick<Cohort, 'cases' | 'patchWidth'> & { readonly channels?: readonly string[] },
  { sample = 64, seed = 7, signal }: StatisticsOptions = {},
): Promise<FeatureStatistics> {
  const { patchWidth: width, cases } = cohort;
  const [mean, spread] = [new Float64Array(width), new Float64Array(width)];
  const least = new Float64Array(width).fill(Infinity);
  const most = new Float64Array(width).fill(-Infinity);
  const caseMeans: { site: string; values: Float64Array }[] = [];
  let patches = 0;
  for await (const loaded of iterateBags(cohort, { sample, seed, ...(signal && { signal }) })) {
    const own = new Float64Array(width);
    for (let row = 0; row < loaded.rows; row += 1) {
      patches += 1;
      for (let c = 0; c < width; c += 1) {
        const value = loaded.patches[row * width + c]!;
        own[c]! += value / loaded.rows;
        const step = value - mean[c]!;
        mean[c]! += step / patches;
        spread[c]! += step * (value - mean[c]!);
        if (value < least[c]!) least[c] = value;
        if (value > most[c]!) most[c] = value;
      }
    }
    caseMeans.push({ site: siteOf(loaded.one.caseId), values: own });
  }
  const channels = Array.from({ length: width }, (_, c) => ({
    name: cohort.channels?.length === width ? cohort.channels[c]! : `feature ${c + 1}`,
    mean: mean[c]!,
    sd: Math.sqrt(spread[c]! / Math.max(1, patches)),
    least: least[c]!,
    most: most[c]!,
  }));
  const share = siteShare(caseMeans, width);
  return {
    cases: cases.length,
    patches,
    channels,
    constant: channels.filter((one) => one.least === one.most).map(({ name }) => name),
    ...(share !== undefined && { siteShare: share }),
  };
}

function siteShare(
  cases: readonly { readonly site: string; readonly values: Float64Array }[],
  width: number,
): number | undefined {
  const groups = new Map<string, Float64Array[]>();
  for (const { site, values } of cases) groups.set(site, [...(groups.get(site) ?? []), values]);
  const within = [...groups.values()].reduce((sum, group) => sum + squares(group, width), 0);
  const total = squares(
    cases.map(({ values }) => values),
    width,
  );
  const [n, k] = [cases.length, groups.size];
  if (k < 2 || n <= k || total === 0) return undefined;
  return 1 - within / (n - k) / (total / (n - 1));
}

/** Sum over channels of squared distances from the group's mean. */
function squares(group: readonly Float64Array[], width: number): number {
  let sum = 0;
  for (let c = 0; c < width; c += 1) {
    const mean = group.reduce((total, values) => total + values[c]!, 0) / group.length;
    for (const values of group) sum += (values[c]! - mean) ** 2;
  }
  return sum;
}
