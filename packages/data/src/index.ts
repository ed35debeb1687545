// What a cohort is
export { COHORTS, type Cohort, type CohortCase, type CohortName, type DataFinding } from './cohort.js';
export { DataError } from './dataError.js';
export { joinPathways, packPathways, type Pathway, type PathwayJoin } from './genes/pathways.js';
export { fitTimeBins, timeBin, type FollowUp } from './clinical/timeBins.js';

// Where cohorts come from
export { listCohorts, type CohortFound } from './listCohorts.js';
export { SYNTHETIC_PRESETS, type SyntheticPreset } from './presets.js';
export { type Endpoint } from './clinical/survivalTable.js';
export { readSurvpathCohort, type SurvpathOptions } from './survpathTables.js';
export { syntheticCohort, type SyntheticCohort, type SyntheticOptions } from './syntheticCohort.js';
