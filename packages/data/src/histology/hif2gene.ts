import type { TextTable } from '../tables/textTable.js';
import { readFeatureTable, type FeatureTable } from './featureTable.js';

/**
 * Human-interpretable histology features of hif2gene: columns that end in the stain, `_HE`. The STAD table
 * has one row a slide and clinical columns beside the features; BRCA's has one row a case.
 *
 * @source Diao et al. 2021; Path-AI/hif2gene.
 */
export function readHif2gene(table: TextTable): FeatureTable {
  return readFeatureTable(table, {
    caseId: 'bcr_patient_barcode',
    ...(table.has('H & E_ID') && { slideId: 'H & E_ID' }),
    isFeature: (name) => name.endsWith('_HE'),
  });
}
