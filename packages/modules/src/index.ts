// The interface of every module
export { type BagModule, type Bags, type BagSizes, type Side, type SingleBag } from './bagModule.js';
export { compose, plain } from './compose.js';
export { moduleVariants, type ModuleVariant } from './variants.js';

// As published, and repaired
export { PublishedFailure } from './publishedFailure.js';
export { released, repaired, type ReleasedOptions } from './released.js';

// As described in the paper's prose, and extended
export { cade, type CadeOptions } from './cade.js';
export { type GeometryName } from './geometries.js';
export { type KernelName } from './nascentDirac.js';
export { quantileCade } from './quantileCade.js';
export { sdir, type SdirOptions } from './sdir.js';
export { adaptiveSparsity, type Sparsity, type SparsityOptions } from './sparsity.js';

// Peers
export { dsu, type DsuOptions } from './dsu.js';
export { mixStyle, type MixStyleOptions } from './mixStyle.js';

export { ModuleOptionError } from './options.js';
