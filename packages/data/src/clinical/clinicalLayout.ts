import type { Endpoint } from './survivalTable.js';

/** Which columns of a table hold what, and by which conventions. Names are those of the file. */
export interface ClinicalLayout {
  readonly caseId: string;
  readonly slideId?: string;
  readonly unit: 'days' | 'months';
  /** Days that make a month: of the source if it writes months, of this table if it writes days. */
  readonly daysPerMonth: number;
  /** What a flag of 1 means in this source. */
  readonly flag: 'event' | 'censored';
  readonly endpoints: Readonly<Partial<Record<Endpoint, readonly [time: string, flag: string]>>>;
  readonly age?: string;
  /** A column, and the values in it that mean female and male. */
  readonly sex?: readonly [column: string, female: string, male: string];
  readonly stage?: string;
  readonly grade?: string;
  readonly subtype?: string;
  /** Rows that belong to the cohort: this column has this value. */
  readonly only?: readonly [column: string, value: string];
  /** Patients that the source itself withdrew: the column is not empty. */
  readonly redaction?: string;
}

/** A month by the calendar's mean, for sources that count days. */
const MEAN_MONTH = 30.4375;

/**
 * Metadata of SurvPath and its heirs: one row a slide, months of 30 days, a flag of 1 for a censored case.
 *
 * @source mahmoodlab/SurvPath@3f73ddd, datasets_csv/metadata.
 */
export const SURVPATH: ClinicalLayout = {
  caseId: 'case_id',
  slideId: 'slide_id',
  unit: 'months',
  daysPerMonth: 30,
  flag: 'censored',
  endpoints: {
    os: ['survival_months', 'censorship'],
    dss: ['survival_months_dss', 'censorship_dss'],
    pfi: ['survival_months_pfi', 'censorship_pfi'],
  },
  age: 'age',
  sex: ['is_female', '1', '0'],
  subtype: 'oncotree_code',
};

/** The leading columns of PORPOISE's tables: as SurvPath's, with overall survival only and months of 30.44 days. */
export const PORPOISE: ClinicalLayout = {
  ...SURVPATH,
  daysPerMonth: 30.44,
  endpoints: { os: ['survival_months', 'censorship'] },
};

/** RTCGA's pathologists' reads carry overall survival in days. `cohort` is the TCGA study. */
export function rtcgaLayout(cohort: string): ClinicalLayout {
  return {
    caseId: 'case_id',
    unit: 'days',
    daysPerMonth: MEAN_MONTH,
    flag: 'event',
    endpoints: { os: ['time_days', 'event'] },
    only: ['cohort', cohort.toUpperCase()],
  };
}

/** The sheet of table S1 that holds it; the others are notes on its columns and endpoints. */
export const TCGA_CDR_SHEET = 'TCGA-CDR';

/**
 * The TCGA Pan-Cancer Clinical Data Resource: events are 1, times are days.
 *
 * @source Liu et al. 2018, doi 10.1016/j.cell.2018.02.052, table S1, sheet TCGA-CDR.
 */
export function tcgaCdrLayout(cohort: string): ClinicalLayout {
  return {
    caseId: 'bcr_patient_barcode',
    unit: 'days',
    daysPerMonth: MEAN_MONTH,
    flag: 'event',
    endpoints: {
      os: ['OS.time', 'OS'],
      dss: ['DSS.time', 'DSS'],
      pfi: ['PFI.time', 'PFI'],
      dfi: ['DFI.time', 'DFI'],
    },
    age: 'age_at_initial_pathologic_diagnosis',
    sex: ['gender', 'FEMALE', 'MALE'],
    stage: 'ajcc_pathologic_tumor_stage',
    grade: 'histological_grade',
    subtype: 'histological_type',
    only: ['type', cohort.toUpperCase()],
    redaction: 'Redaction',
  };
}

/** The same resource, with the column names of the STAD table of hif2gene: one row a slide. */
export const HIF2GENE: ClinicalLayout = {
  caseId: 'bcr_patient_barcode',
  slideId: 'H & E_ID',
  unit: 'days',
  daysPerMonth: MEAN_MONTH,
  flag: 'event',
  endpoints: {
    os: ['os_time', 'os'],
    dss: ['dss_time', 'dss'],
    pfi: ['pfi_time', 'pfi'],
    dfi: ['dfi_time', 'dfi'],
  },
  age: 'age_at_initial_pathologic_diagnosis',
  sex: ['gender', 'FEMALE', 'MALE'],
  stage: 'ajcc_pathologic_tumor_stage',
  grade: 'histological_grade',
  subtype: 'histological_type',
  redaction: 'redaction',
};
