// What a cohort is
export { COHORTS, type Cohort, type CohortCase, type CohortName, type DataFinding } from './cohort.js';
export { DataError } from './dataError.js';
export {
  joinPathways,
  packPathways,
  type Pathway,
  type PathwayJoin,
  type PathwayOverlap,
} from './genes/pathways.js';
export { fitTimeBins, timeBin, type FollowUp } from './clinical/timeBins.js';

// Where cohorts come from
export { listCohorts, type CohortFound } from './listCohorts.js';
export { SYNTHETIC_PRESETS, type SyntheticPreset } from './presets.js';
export { readSurvpathCohort, type SurvpathOptions } from './survpathTables.js';
export { syntheticCohort, type SyntheticCohort, type SyntheticOptions } from './syntheticCohort.js';
export { writeFeatureLayouts } from './synthetic/writeFeatureLayouts.js';
export { writeTableLayouts } from './synthetic/writeTableLayouts.js';
export { writeSynthetic } from './writeSynthetic.js';

// Cohorts from any files
export {
  assembleCohort,
  DEFAULT_BINS,
  type AssembledCohort,
  type AssembleOptions,
} from './cohorts/assembleCohort.js';
export { type AttritionStep } from './cohorts/attrition.js';
export { readCohortFile, type CohortFile } from './cohorts/cohortFile.js';
export { cohortPaths } from './cohorts/cohortPaths.js';
export {
  featureStatistics,
  type ChannelStatistics,
  type FeatureStatistics,
} from './cohorts/featureStatistics.js';
export { readFitted, writeFitted, type Fitted } from './cohorts/fitted.js';
export { siteConfounding, type SiteConfounding } from './cohorts/siteConfounding.js';
export { iterateBags, type IterateOptions, type LoadedCase } from './cohorts/iterateBags.js';
export { checkLeakage, type Leak, type LeakageContext } from './cohorts/leakage.js';
export {
  crossCancerPairs,
  readSplit,
  stratifiedFolds,
  type Split,
  type SplitCase,
} from './cohorts/splits.js';

// Tables
export { findTables } from './tables/findTables.js';
export { inspectTables, type TableInspection, type TableReport } from './tables/inspectTables.js';
export { type TableKind } from './tables/tableKind.js';
export { readTableFile } from './tables/tableFile.js';
export { parseTable, readTable, type TextTable } from './tables/textTable.js';

// Outcomes
export {
  compareAttributes,
  readAttributes,
  type AttributeComparison,
  type AttributeDisagreement,
  type AttributeTable,
  type CaseAttributes,
} from './clinical/caseAttributes.js';
export * as clinicalLayouts from './clinical/clinicalLayout.js';
export { type ClinicalLayout } from './clinical/clinicalLayout.js';
export { compareSurvival, type Disagreement } from './clinical/compareSurvival.js';
export { rowsOutOfOrder, type RowsOutOfOrder } from './clinical/rowOrder.js';
export { readGdcClinical } from './clinical/gdcClinical.js';
export { readSurvival } from './clinical/readSurvival.js';
export {
  ENDPOINTS,
  type ClinicalCase,
  type Endpoint,
  type Exclusion,
  type Outcome,
  type SurvivalTable,
} from './clinical/survivalTable.js';

// Genes
export { type ExpressionTable, type ExpressionUnit } from './genes/expressionTable.js';
export { readCaseRows, readPorpoiseAssay } from './genes/readExpression.js';
export { readStarCounts, type StarFile, type StarOptions } from './genes/readStarCounts.js';
export { readXena } from './genes/readXena.js';
export { applyScaling, fitGlobalScaling, fitZScores, type Scaling } from './genes/scaling.js';
export { readSignatures } from './genes/signatures.js';
export { logTransform, type LogTransform } from './genes/transform.js';

// Histology
export { type BagSource, type CaseBag } from './histology/bagSource.js';
export { fitFeatures, type FeatureScaling, type RawFeatures } from './histology/featureScaling.js';
export { featureTokens, readFeatureTable, type FeatureTable } from './histology/featureTable.js';
export { clusterPatches } from './histology/clusterPatches.js';
export { readHif2gene } from './histology/hif2gene.js';
export { readPackedFeatures } from './histology/packedFeatures.js';
export { PATCH_MAPS, readPatchMaps, type PatchMapLayout } from './histology/patchMaps.js';
export { readPathologistReads } from './histology/pathologistReads.js';

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

// Patch features of slides
export { BagError, type BagProblem } from './bags/bagError.js';
export { type BagAttribute, type BagFile, type BagFormat, type ReadOptions } from './bags/bagFile.js';
export { findBags, hasBags, slideOf, type BagPath } from './bags/findBags.js';
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
export { widen } from './bags/floatType.js';
export { writeBag, type WriteOptions, type WrittenFormat } from './bags/writeBag.js';
export { readSlideList } from './slideList.js';
