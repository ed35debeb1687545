import { isApplicable, type BackboneModel } from '@concord/backbone';
import { moduleVariants, type ModuleVariant } from '@concord/modules';
import type { NamedArray, TapeGroup } from '@concord/nn';
import { configureBackbone, type ConfiguredBackbone } from '../backbones/configure.js';
import { discoverBackbones } from '../backbones/discover.js';
import { startingWeights } from './startingWeights.js';
import { cutBags, type ParityInput } from './subject.js';
import { drawsOfSteps, drawTapes, replayTapes } from './tapes.js';
import type { ParityOptions } from './types.js';

/** Bags and their tapes. */
interface PlannedBags {
  readonly input: ParityInput;
  readonly group: TapeGroup;
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
  readonly weights: Readonly<Record<string, NamedArray>>;
  /** `whole` ones, and `equal` ones for the released module. */
  readonly bags: Readonly<Record<string, PlannedBags>>;
}

/** Load the backbones, choose the variants that each can take, and draw or read the tapes. */
export async function planRun(whole: ParityInput, options: ParityOptions): Promise<BackbonePlan[]> {
  const found = discoverBackbones(options.cwd).filter(({ name }) => options.backbones.includes(name));
  const plans: BackbonePlan[] = [];
  for (const one of found) {
    const backbone = await configureBackbone(one, whole.shape);
    const { declared, config } = backbone;
    const weights = startingWeights(declared.initialWeights(config, options.seed), options.seed);
    const model = backbone.create();
    const variants = (options.modules as ModuleVariant[]).filter((name) =>
      isApplicable(moduleVariants[name](), model.plugIn(1)),
    );
    plans.push({
      backbone,
      variants,
      weights,
      bags: planBags(declared.name, model, whole, variants, options),
    });
    model.dispose();
  }
  return plans;
}

function planBags(
  backbone: string,
  model: BackboneModel,
  whole: ParityInput,
  variants: readonly ModuleVariant[],
  { steps, seed, replay }: ParityOptions,
): Record<string, PlannedBags> {
  const { weak, strong } = model.plugIn(1);
  // The released module runs on bags of one length, or where one of them is a single token.
  const cut = weak !== undefined && strong !== undefined && weak > 1;
  const take = (input: ParityInput, names: readonly ModuleVariant[], kind: string): PlannedBags => {
    const modules = names.map((name) => moduleVariants[name]());
    const draws = drawsOfSteps(model, input, modules, steps);
    const prefix = `${backbone}.${kind}`;
    const tapes = replay ? replayTapes(replay, prefix, draws) : drawTapes(draws, seed);
    return { input, group: { prefix, tapes }, cut, ...(weak !== undefined && { weak }) };
  };
  const others = variants.filter((name) => name !== 'released');
  return {
    ...(others.length > 0 && { whole: take(whole, others, 'step') }),
    ...(variants.includes('released') && {
      equal: take(cut ? cutBags(whole, weak) : whole, ['released'], 'equal.step'),
    }),
  };
}
