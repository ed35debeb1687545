import type { BagModule } from './bagModule.js';
import { cade } from './cade.js';
import { compose, plain } from './compose.js';
import { dsu } from './dsu.js';
import { mixStyle } from './mixStyle.js';
import { quantileCade } from './quantileCade.js';
import { released, repaired } from './released.js';
import { sdir } from './sdir.js';
import { adaptiveSparsity } from './sparsity.js';

/** Every variant by the name that the command line and python-bridge use, at its published defaults. */
export const moduleVariants = {
  plain: () => plain,
  released: () => released(),
  repaired: () => repaired(),
  sdir: () => sdir(),
  'sdir-lorentz': () => sdir({ kernel: 'lorentz' }),
  cade: () => cade(),
  'cade-fisher-rao': () => cade({ geometry: 'fisher-rao' }),
  described: () => compose('described', [sdir(), cade()]),
  'sdir-adaptive': () => sdir({ sparsity: adaptiveSparsity() }),
  'cade-quantile': () => quantileCade(),
  extended: () => compose('extended', [sdir({ sparsity: adaptiveSparsity() }), quantileCade()]),
  mixstyle: () => mixStyle(),
  dsu: () => dsu(),
} as const satisfies Record<string, () => BagModule>;

export type ModuleVariant = keyof typeof moduleVariants;
