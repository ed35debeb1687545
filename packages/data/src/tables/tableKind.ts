import { HIF2GENE, PORPOISE, rtcgaLayout, SURVPATH, tcgaCdrLayout } from '../clinical/clinicalLayout.js';
import type { ClinicalLayout } from '../clinical/clinicalLayout.js';
import type { TextTable } from './textTable.js';

/** What a table is, told by its columns alone. */
export type TableKind =
  | 'survpath'
  | 'porpoise'
  | 'tcga-cdr'
  | 'hif2gene'
  | 'pathologist-reads'
  | 'gdc-clinical'
  | 'expression'
  | 'xena'
  | 'star-counts'
  | 'attributes'
  | 'split'
  | 'other';

const BARCODE = /^TCGA-[0-9A-Z]{2}-[0-9A-Z]{4}/i;

/** @returns `other` for a table that no reader claims: then only its form is looked at. */
export function tableKind(table: TextTable): TableKind {
  const has = (...names: string[]) => names.every((name) => table.has(name));
  if (has('train', 'val') && !has('case_id')) return 'split';
  if (has('case_id', 'survival_months', 'censorship')) {
    return table.names.some((name) => name.endsWith('_rnaseq')) ? 'porpoise' : 'survpath';
  }
  if (has('bcr_patient_barcode', 'OS', 'OS.time')) return 'tcga-cdr';
  if (table.names.some((name) => name.endsWith('_HE'))) return 'hif2gene';
  if (has('case_id', 'cohort', 'percent_tumor_cells')) return 'pathologist-reads';
  if (['cases.submitter_id', 'case_submitter_id'].some((name) => table.has(name))) return 'gdc-clinical';
  if (has('case_id') && ['stage', 'grade', 'subtype'].some((name) => table.has(name))) return 'attributes';
  if (BARCODE.test(table.names[1] ?? '')) return 'xena';
  return BARCODE.test(table.row(0)[0]!) && table.names.length > 2 && !has('slide_id')
    ? 'expression'
    : 'other';
}

/** How outcomes are written in a table of that kind, of whatever cohort its rows are. */
export function outcomeLayout(kind: TableKind, table: TextTable): ClinicalLayout | undefined {
  const { only: _, ...cdr } = tcgaCdrLayout('');
  const { only: __, ...reads } = rtcgaLayout('');
  const layouts: Partial<Record<TableKind, ClinicalLayout>> = {
    survpath: SURVPATH,
    porpoise: PORPOISE,
    'tcga-cdr': cdr,
    'pathologist-reads': reads,
    ...(table.has('os_time') && { hif2gene: HIF2GENE }),
  };
  return layouts[kind];
}
