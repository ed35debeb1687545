import { isApplicable, moduleDraws, type BackboneModel } from '@concord/backbone';
import type { BagModule } from '@concord/modules';
import { drawTape, type Tape } from '@concord/nn';
import { Bags } from './bags.js';
import { epochOrder } from './epochOrder.js';
import { batchesOf, stepsOfEpoch, type Position, type TrainingPlan } from './plan.js';
import { rateFactor } from './schedule.js';
import type { Pass, Step, TrainedModel } from './stack.js';
import { TrainingError } from './trainingError.js';
import type { TrainingCase } from './trainingSet.js';

/** Makes the passes of every step and evaluation: each a pure function of the plan and the position. */
export class Passes {
  private readonly model: BackboneModel;
  private readonly module: BagModule;
  private readonly bags: Bags;
  private order: { readonly epoch: number; readonly places: Int32Array } | undefined;

  constructor(
    { backbone, config, module, patchWidth }: TrainedModel,
    private readonly cases: readonly TrainingCase[],
    private readonly plan: TrainingPlan,
  ) {
    const { seed, patches } = plan;
    this.model = backbone.create(config);
    this.module = module;
    this.bags = new Bags({
      ...{ patchWidth, seed, reads: backbone.reads },
      ...(patches !== undefined && { sample: patches }),
    });
    for (const one of cases) this.requireApplicable(one, backbone.name);
  }

  /** Steps of an epoch. */
  get steps(): number {
    return stepsOfEpoch(this.plan.protocol, this.cases.length);
  }

  /** The step at a position, its bags read and its tapes drawn. */
  async step({ epoch, step }: Position): Promise<Step> {
    const { protocol, schedule, seed, epochs } = this.plan;
    const places = this.placesOf(epoch);
    const number = epoch * this.steps + step;
    const batches: Pass[][] = [];
    for (const batch of batchesOf(protocol, step, this.cases.length)) {
      const passes: Pass[] = [];
      let first: Tape | undefined;
      for (const place of batch) {
        const one = this.cases[places[place]!]!;
        const bag = await this.bags.load(one, epoch);
        const draws = [
          ...this.model.draws(bag.rows),
          ...moduleDraws(this.module, this.model.plugIn(bag.rows)),
        ];
        const tape = drawTape(draws, seed, epoch * this.cases.length + place, first);
        first ??= tape;
        passes.push({ one, bag, tape });
      }
      batches.push(passes);
    }
    return { number, factor: rateFactor(schedule, number, epochs * this.steps), batches };
  }

  /** The pass that judges a case; the same patches and draws whenever it is asked for. */
  async evaluation(one: TrainingCase): Promise<Pass> {
    const bag = await this.bags.load(one, 'evaluation');
    const draws = this.model.evaluationDraws?.(bag.rows);
    return { one, bag, ...(draws && { tape: drawTape(draws, this.plan.seed, 0) }) };
  }

  dispose(): void {
    this.model.dispose();
  }

  private placesOf(epoch: number): Int32Array {
    if (this.order?.epoch !== epoch) {
      const { sampling, seed } = this.plan;
      this.order = { epoch, places: epochOrder(this.cases, sampling, seed, epoch) };
    }
    return this.order.places;
  }

  private requireApplicable(one: TrainingCase, backbone: string): void {
    const sizes = this.model.plugIn(this.bags.rows(one));
    if (!isApplicable(this.module, sizes)) {
      throw new TrainingError(`${this.module.name} does not work at the plug-in point of ${backbone}`);
    }
    const { weak, strong } = sizes;
    if (this.module.name === 'released' && weak !== undefined && strong !== undefined && weak !== strong) {
      throw new TrainingError(
        `released runs on bags of equal length only, and ${one.caseId} has ${weak} and ${strong} tokens; use repaired`,
      );
    }
  }
}
