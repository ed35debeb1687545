import type { BagModule } from './bagModule.js';

/** No plug-in: both bags as they are. */
export const plain: BagModule = {
  name: 'plain',
  options: {},
  draws: () => [],
  apply: (bags) => bags,
  single: { draws: () => [], apply: (_side, tokens) => tokens },
};

/** One module after the other, under a name of its own. */
export function compose(name: string, modules: readonly BagModule[]): BagModule {
  return {
    name,
    options: Object.freeze(Object.fromEntries(modules.map((module) => [module.name, module.options]))),
    decides: modules.some(({ decides }) => decides),
    oneWidth: modules.some(({ oneWidth }) => oneWidth),
    draws: (sizes) => modules.flatMap((module) => module.draws(sizes)),
    apply: (bags, tape, mode, tap) =>
      modules.reduce((passed, module) => module.apply(passed, tape, mode, tap), bags),
  };
}
