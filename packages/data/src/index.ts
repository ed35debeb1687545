// What a cohort is
export { COHORTS, type Cohort, type CohortCase, type CohortName, type DataFinding } from './cohort.js';
export { DataError } from './dataError.js';
export { joinPathways, packPathways, type Pathway, type PathwayJoin } from './pathways.js';
export { fitTimeBins, timeBin, type FollowUp } from './timeBins.js';

// Where cohorts come from
export { listCohorts, type CohortFound } from './listCohorts.js';
export { SYNTHETIC_PRESETS, type SyntheticPreset } from './presets.js';
export { type Endpoint } from './survivalTable.js';
export { readSurvpathCohort, type SurvpathOptions } from './survpathTables.js';
export { syntheticCohort, type SyntheticCohort, type SyntheticOptions } from './syntheticCohort.js';

// Patch features of slides
export { BagError, type BagProblem } from './bags/bagError.js';
export { type BagAttribute, type BagFile, type BagFormat, type ReadOptions } from './bags/bagFile.js';
export { findBags, slideOf, type BagPath } from './bags/findBags.js';
export { type FloatType } from './bags/floatType.js';
export {
  inspectBags,
  type BagFinding,
  type BagReport,
  type InspectOptions,
  type Inspection,
} from './bags/inspectBags.js';
export { joinBags } from './bags/joinBags.js';
export { openBag, type OpenBagOptions } from './bags/openBag.js';
export { packBags, type PackOptions, type PackResult } from './bags/packBags.js';
export { openPack, type PackedSlide, type PackFile } from './bags/packFile.js';
export { type RowSelection } from './bags/rows.js';
export { sampleRows } from './bags/sampleRows.js';
export { readStateDict, type StateTensor } from './bags/stateDict.js';
export { writeBag, type WriteOptions, type WrittenFormat } from './bags/writeBag.js';
export { readSlideList } from './slideList.js';
