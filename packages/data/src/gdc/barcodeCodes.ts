/** Where a sample comes from, as far as training is concerned. */
export type Tissue = 'tumour' | 'normal' | 'control' | 'model';

/** What the two digits of a TCGA sample mean. */
export interface SampleType {
  readonly code: string;
  readonly name: string;
  /** Short letters of the code table, such as TP; absent where the table has none. */
  readonly letters?: string;
  readonly tissue: Tissue;
}

/** @source TCGA code tables of the GDC, sample type codes. */
const SAMPLE_TYPES: Readonly<Record<string, readonly [name: string, letters: string]>> = {
  '01': ['Primary Solid Tumor', 'TP'],
  '02': ['Recurrent Solid Tumor', 'TR'],
  '03': ['Primary Blood Derived Cancer - Peripheral Blood', 'TB'],
  '04': ['Recurrent Blood Derived Cancer - Bone Marrow', 'TRBM'],
  '05': ['Additional - New Primary', 'TAP'],
  '06': ['Metastatic', 'TM'],
  '07': ['Additional Metastatic', 'TAM'],
  '08': ['Human Tumor Original Cells', 'THOC'],
  '09': ['Primary Blood Derived Cancer - Bone Marrow', 'TBM'],
  '10': ['Blood Derived Normal', 'NB'],
  '11': ['Solid Tissue Normal', 'NT'],
  '12': ['Buccal Cell Normal', 'NBC'],
  '13': ['EBV Immortalized Normal', 'NEBV'],
  '14': ['Bone Marrow Normal', 'NBM'],
  '20': ['Control Analyte', 'CELLC'],
  '40': ['Recurrent Blood Derived Cancer - Peripheral Blood', 'TRB'],
  '50': ['Cell Lines', 'CELL'],
  '60': ['Primary Xenograft Tissue', 'XP'],
  '61': ['Cell Line Derived Xenograft Tissue', 'XCL'],
};

/** @source TCGA code tables of the GDC, portion/analyte codes. */
const ANALYTES: Readonly<Record<string, string>> = {
  D: 'DNA',
  G: 'DNA, whole genome amplified (GenomePlex)',
  H: 'RNA, mirVana hybrid protocol',
  R: 'RNA',
  T: 'Total RNA',
  W: 'DNA, whole genome amplified (Repli-G)',
  X: 'DNA, whole genome amplified (Repli-G X)',
};

/** Sections of the frozen portion, and the paraffin-embedded slides that pathologists read. */
export const SLIDE_KINDS = {
  TS: 'top section, frozen',
  MS: 'middle section, frozen',
  BS: 'bottom section, frozen',
  DX: 'diagnostic, paraffin-embedded',
} as const;

/** Clinical records that share the fourth field with samples. */
export const RECORD_KINDS = { C: 'drug', E: 'examination', R: 'radiation', S: 'surgery' } as const;

/** The sample type of two digits; codes outside the table keep the meaning of their range. */
export function sampleTypeOf(code: string): SampleType | undefined {
  const number = Number(code);
  const known = SAMPLE_TYPES[code];
  const tissue = tissueOf(number);
  if (known) return { code, name: known[0], letters: known[1], tissue: tissue ?? 'model' };
  return tissue && { code, name: `unnamed ${tissue} sample`, tissue };
}

/** What an analyte letter stands for; the table is not closed, so an unknown letter is named as that. */
export function analyteName(letter: string): string {
  return ANALYTES[letter] ?? 'unnamed analyte';
}

function tissueOf(number: number): Tissue | undefined {
  if (number >= 1 && number <= 9) return 'tumour';
  if (number === 40) return 'tumour';
  if (number >= 10 && number <= 19) return 'normal';
  if (number >= 20 && number <= 29) return 'control';
  return undefined;
}
