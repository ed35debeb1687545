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

// The GDC: names of things, manifests, files on disk
export {
  barcodeOfFileName,
  parseBarcode,
  tryBarcode,
  type Barcode,
  type BarcodeKind,
} from './gdc/barcode.js';
export { type SampleType, type Tissue } from './gdc/barcodeCodes.js';
export { isUuid, parseUuid } from './gdc/uuid.js';
export {
  inspectManifest,
  parseManifest,
  readManifest,
  type Manifest,
  type ManifestEntry,
  type ManifestProblem,
} from './gdc/manifest.js';
export { formatManifest, writeManifest } from './gdc/manifestWrite.js';
export { filterManifest, joinManifests, type ManifestFilter } from './gdc/manifestSelect.js';
export { diffManifests, type ManifestDiff } from './gdc/manifestDiff.js';
export { verifyFiles, type VerifiedFile, type VerifyProgress, type VerifyReport } from './gdc/verify.js';

// The GDC: asking and downloading
export { connectGdc, GDC_API, type ConnectionOptions, type GdcConnection } from './gdc/connection.js';
export { GdcError } from './gdc/gdcError.js';
export { GdcToken, readToken } from './gdc/token.js';
export {
  allOf,
  anyOf,
  compareField,
  fieldMatches,
  isMissing,
  isNoneOf,
  isOneOf,
  isPresent,
  type GdcFilter,
} from './gdc/filter.js';
export { queryGdc, type GdcHits, type GdcQuery, type GdcRecord } from './gdc/query.js';
export { manifestOfFiles, queryCases, queryClinical, queryFiles, type GdcFile } from './gdc/queryFiles.js';
export { findSuccessors, gdcRelease } from './gdc/release.js';
export {
  downloadFiles,
  type DownloadedFile,
  type DownloadProgress,
  type DownloadReport,
} from './gdc/download.js';
export { planDownload, requireRoom, type DownloadPlan } from './gdc/downloadPlan.js';
export { DiskError } from './gdc/partialFile.js';
