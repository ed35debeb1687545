import { cannot, found, notFound, type RunCheck } from '../check.js';

/** Facts that only the configuration of a training says. */
const CONFIGURES = ['epochs', 'batch', 'loss', 'encoder', 'bins', 'dropLast', 'accumulate'] as const;

/** Nobody can train it again. */
export const seedUnset: RunCheck = {
  id: 'seed-unset',
  mistake: 'No seed is set.',
  effect: 'The run cannot be made again; how far the C-index moves from seed to seed is not known.',
  remedy: 'Set and keep one seed for weights, order, dropout and split, and report several of them.',
  judge({ facts }) {
    const set = facts.seed.find(({ value }) => value !== null);
    if (set) return notFound(`${set.from} is ${set.value}`);
    const [none] = facts.seed;
    if (none) return found(`${none.from} names none`);
    const configured = CONFIGURES.map((name) => facts[name][0]).find((one) => one !== undefined);
    if (configured) return found(`${configured.from.split(':')[0]} has no seed`);
    return cannot('no configuration is there', 'put config.json or config.yaml there');
  },
};
