import { isApplicable, type BackboneModel, type PlugInSizes } from '@concord/backbone';
import { moduleVariants, type ModuleVariant } from '@concord/modules';
import type { Draw, NamedArray, TapeGroup } from '@concord/nn';
import { configureBackbone, type ConfiguredBackbone } from '../backbones/configure.js';
import { discoverBackbones, loadBackbone, type FoundBackbone } from '../backbones/discover.js';
import { withClusters, type InputDemands } from './parityInput.js';
import { startingWeights } from './startingWeights.js';
import { cutBags, type ParityInput } from './subject.js';
import { drawsOfEvaluation, drawsOfPasses, drawTapes, replayTapes } from './tapes.js';
import type { ParityOptions } from './types.js';

/** Cases of a batch and batches of a step, at most: two show how they are added up, thirty-two show no more. */
const MOST = { batch: 4, accumulate: 2 };

/** Patches of a case that has enough for every module; how many gene tokens there are is the backbone's. */
const FEW = 2;

/** Bags and their tapes. */
interface PlannedBags {
  readonly input: ParityInput;
  readonly group: TapeGroup;
  /** One tape for each case, where the backbone draws in evaluation. */
  readonly evaluation: TapeGroup;
  /** Gene tokens at the plug-in point. */
  readonly weak?: number;
  /** Whether bags were cut to the number of gene tokens. */
  readonly cut: boolean;
}

/** One backbone with all that its subjects share. */
export interface BackbonePlan {
  readonly backbone: ConfiguredBackbone;
  /** The asked-for variants that work at its plug-in point. */
  readonly variants: readonly ModuleVariant[];
  /** Why `released` was asked for and is not among them. */
  readonly notReleased?: string;
  /** What there is at its plug-in point, in words. */
  readonly tokens: string;
  readonly weights: Readonly<Record<string, NamedArray>>;
  /** `whole` ones, and `equal` ones for the released module. */
  readonly bags: Readonly<Record<string, PlannedBags>>;
}

/**
 * Load the backbones, choose the variants that each can take, and draw or read the tapes.
 *
 * @param whole what is computed on unless a published class demands another input.
 * @param demanded the input that it demands.
 */
export async function planRun(
  whole: ParityInput,
  options: ParityOptions,
  demanded: (demands: InputDemands) => ParityInput,
): Promise<BackbonePlan[]> {
  const found = discoverBackbones(options.cwd).filter(({ name }) => options.backbones.includes(name));
  const plans: BackbonePlan[] = [];
  for (const one of found) {
    const { backbone, input } = await fit(one, whole, options.seed, demanded);
    const { declared, config } = backbone;
    const weights = startingWeights(declared.initialWeights(config, options.seed), options.seed);
    const model = backbone.create();
    const applicable = (options.modules as ModuleVariant[]).filter((name) =>
      isApplicable(moduleVariants[name](), model.plugIn(FEW)),
    );
    const notReleased = applicable.includes('released') ? neverEqual(model, input) : undefined;
    const variants = applicable.filter((name) => !notReleased || name !== 'released');
    plans.push({
      backbone,
      variants,
      ...(notReleased && { notReleased }),
      tokens: tokensOf(model.plugIn(1)),
      weights,
      bags: planBags(backbone, model, input, variants, options),
    });
    model.dispose();
  }
  return plans;
}

/** A backbone and the input that fits it. */
async function fit(
  one: FoundBackbone,
  whole: ParityInput,
  seed: number,
  demanded: (demands: InputDemands) => ParityInput,
): Promise<{ backbone: ConfiguredBackbone; input: ParityInput }> {
  const declared = await loadBackbone(one);
  const { patchWidth, pathwaySizes } = declared.published ?? {};
  const sized = patchWidth || pathwaySizes ? demanded({ ...declared.published }) : whole;
  const { clusters } = declared.reads;
  const input = clusters === undefined ? sized : withClusters(sized, clusters, seed);
  return { backbone: configureBackbone(one, declared, input.shape, MOST), input };
}

function tokensOf({ weak, strong }: PlugInSizes): string {
  const bags = [weak, strong].filter((tokens) => tokens !== undefined).length;
  return ['it has no tokens', 'it has one bag of tokens', 'it has two bags of tokens'][bags]!;
}

function planBags(
  { declared, protocol }: ConfiguredBackbone,
  model: BackboneModel,
  whole: ParityInput,
  variants: readonly ModuleVariant[],
  { steps, seed, replay }: ParityOptions,
): Record<string, PlannedBags> {
  const { weak } = model.plugIn(1);
  const cut = needsEqualBags(model);
  const take = (input: ParityInput, names: readonly ModuleVariant[], kind: string): PlannedBags => {
    const modules = names.map((name) => moduleVariants[name]());
    const draws = drawsOfPasses(model, input, modules, steps * protocol.batch * protocol.accumulate);
    const group = (prefix: string, draws: readonly Draw[][], batch: number): TapeGroup => ({
      prefix,
      tapes: replay ? replayTapes(replay, prefix, draws) : drawTapes(draws, seed, batch),
    });
    return {
      input,
      group: group(`${declared.name}.${kind}`, draws, protocol.batch),
      evaluation: group(`${declared.name}.evaluation.${kind}`, drawsOfEvaluation(model, input), 1),
      cut,
      ...(weak !== undefined && { weak }),
    };
  };
  const others = variants.filter((name) => name !== 'released');
  return {
    ...(others.length > 0 && { whole: take(whole, others, 'step') }),
    ...(variants.includes('released') && {
      equal: take(cut ? cutBags(whole, equalCount(model, whole)!) : whole, ['released'], 'equal.step'),
    }),
  };
}

/** The released module runs on bags of one length; a single token it multiplies to the other bag's length. */
function needsEqualBags(model: BackboneModel): boolean {
  const { weak, strong } = model.plugIn(1);
  return weak !== undefined && strong !== undefined;
}

/** How many patches make both bags at the plug-in point equally long; none where every case has too few. */
function equalCount(model: BackboneModel, { cases }: ParityInput): number | undefined {
  const most = Math.min(...cases.map(({ patchCount }) => patchCount));
  const counts = Array.from({ length: most }, (_, i) => i + 1);
  return counts.find((count) => {
    const { weak, strong } = model.plugIn(count);
    return weak === strong;
  });
}

/** Why the released module cannot run, if no number of patches makes its bags equally long. */
function neverEqual(model: BackboneModel, input: ParityInput): string | undefined {
  if (model.plugIn(1).weakIsVector) {
    return 'the released module repeats its one gene vector for every patch, and its fusion takes a single one';
  }
  if (!needsEqualBags(model) || equalCount(model, input) !== undefined) return undefined;
  const { weak, strong } = model.plugIn(Math.min(...input.cases.map(({ patchCount }) => patchCount)));
  return (
    `its bags of ${weak} and ${strong} tokens are never equally long, ` +
    'and the released module runs on no others'
  );
}
