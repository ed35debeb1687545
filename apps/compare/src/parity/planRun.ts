import { isApplicable, type Backbone, type BackboneModel, type PlugInSizes } from '@concord/backbone';
import { moduleVariants, type ModuleVariant } from '@concord/modules';
import type { Draw, NamedArray, TapeGroup } from '@concord/nn';
import { configureBackbone, type ConfiguredBackbone } from '../backbones/configure.js';
import { discoverBackbones, loadBackbone } from '../backbones/discover.js';
import { fittingInput, type InputDemands } from './parityInput.js';
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

/** One backbone on one configuration, with all that its subjects share. */
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
    const declared = await loadBackbone(one);
    const input = fittingInput(declared, whole, options.seed, demanded);
    const parts = partsOf(declared, options).map(({ modules, small }) =>
      planPart(
        configureBackbone(one, declared, input.shape, { most: MOST, small }),
        ...([input, modules, small ? '.small' : '', options] as const),
      ),
    );
    const some = parts.filter(({ variants, notReleased }) => variants.length > 0 || notReleased);
    plans.push(...(some.length > 0 ? some : parts.slice(0, 1)));
  }
  return plans;
}

/** Variants that are compared on one configuration. */
interface Part {
  readonly modules: readonly ModuleVariant[];
  /** Whether on the small widths. */
  readonly small: boolean;
}

/**
 * At the small preset a backbone that has small widths takes them for its module variants; `plain`, which the
 * published class may witness, is compared on the published ones.
 */
function partsOf(declared: Backbone, { modules, preset }: ParityOptions): Part[] {
  const asked = modules as ModuleVariant[];
  if (!('configureSmall' in declared) || preset !== 'small') return [{ modules: asked, small: false }];
  const parts = [false, true].map((small) => ({
    modules: asked.filter((name) => (name === 'plain') !== small),
    small,
  }));
  return parts.filter((part) => part.modules.length > 0);
}

/** @param kind of the names of its tapes, after the backbone's. */
function planPart(
  backbone: ConfiguredBackbone,
  input: ParityInput,
  modules: readonly ModuleVariant[],
  kind: string,
  options: ParityOptions,
): BackbonePlan {
  const { declared, config } = backbone;
  const model = backbone.create();
  const applicable = modules.filter((name) => isApplicable(moduleVariants[name](), model.plugIn(FEW)));
  const notReleased = applicable.includes('released') ? neverEqual(model, input) : undefined;
  const variants = applicable.filter((name) => !notReleased || name !== 'released');
  const plan = {
    backbone,
    variants,
    ...(notReleased && { notReleased }),
    tokens: tokensOf(model.plugIn(1)),
    weights: startingWeights(declared.initialWeights(config, options.seed), options.seed),
    bags: planBags(backbone, model, input, variants, kind, options),
  };
  model.dispose();
  return plan;
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
  kind: string,
  { steps, seed, replay }: ParityOptions,
): Record<string, PlannedBags> {
  const { weak } = model.plugIn(1);
  const cut = needsEqualBags(model);
  const take = (input: ParityInput, names: readonly ModuleVariant[], bags: string): PlannedBags => {
    const modules = names.map((name) => moduleVariants[name]());
    const draws = drawsOfPasses(model, input, modules, steps * protocol.batch * protocol.accumulate);
    const group = (prefix: string, draws: readonly Draw[][], batch: number): TapeGroup => ({
      prefix,
      tapes: replay ? replayTapes(replay, prefix, draws) : drawTapes(draws, seed, batch),
    });
    return {
      input,
      group: group(`${declared.name}${kind}.${bags}`, draws, protocol.batch),
      evaluation: group(`${declared.name}${kind}.evaluation.${bags}`, drawsOfEvaluation(model, input), 1),
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
