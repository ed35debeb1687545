import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import Papa from 'papaparse';
import writeFileAtomic from 'write-file-atomic';
import { TCGA_CDR_SHEET } from '../clinical/clinicalLayout.js';
import type { CohortCase } from '../cohort.js';
import type { SyntheticCohort } from '../syntheticCohort.js';
import { zipBytes } from './torchBytes.js';
import { UNSYNCED } from './unsynced.js';
import { workbookBytes } from './workbookBytes.js';

/** Days of a month in which the generator counts. */
const DAYS_PER_MONTH = 30;
const FEATURES = 12;
const READS =
  'tumor_cells tumor_nuclei normal_cells stromal_cells necrosis lymphocyte_infiltration monocyte_infiltration neutrophil_infiltration';
const STAR_HEADER =
  'gene_id gene_name gene_type unstranded stranded_first stranded_second tpm_unstranded fpkm_unstranded fpkm_uq_unstranded';
const UNASSIGNED = ['N_unmapped', 'N_multimapping', 'N_noFeature', 'N_ambiguous'];

/** One case, with what the tables say of it. */
interface Person extends Pick<CohortCase, 'caseId' | 'event' | 'slideIds'> {
  readonly days: number;
  readonly age: number;
  readonly female: boolean;
  readonly stage: string;
  /** Expression by symbol, in [−1, 1]. */
  readonly genes: ReadonlyMap<string, number>;
  /** Mean patch. */
  readonly mean: Float64Array;
  readonly patchCount: number;
  readonly patches: () => Float32Array;
}

/**
 * The same cases as every other source of the field would write them, and four cohort files that put them together:
 * PORPOISE's zipped table, the clinical data resource as workbook and CSV, clinical JSON and TSV of the GDC, STAR counts with their sample
 * sheet, a matrix of Xena, gene sets as GMT and as 0 and 1, histology features, pathologists' reads, patch maps.
 *
 * @returns the paths written, relative to `folder`.
 */
export async function writeTableLayouts(folder: string, cohort: SyntheticCohort): Promise<string[]> {
  const { name } = cohort;
  const people = peopleOf(cohort);
  const files: [path: string, content: string | Uint8Array][] = [
    ...outcomeTables(name, people),
    ...geneTables(cohort, people),
    ...histologyFiles(name, people, cohort.patchWidth),
    ...cohortFiles(name),
  ];
  for (const [path, content] of files) {
    const target = join(folder, 'layouts', name, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFileAtomic(target, typeof content === 'string' ? content : Buffer.from(content), UNSYNCED);
  }
  return files.map(([path]) => `layouts/${name}/${path}`);
}

function peopleOf({ cases, pathways, patchWidth }: SyntheticCohort): Person[] {
  const order = pathways.flatMap(({ genes }) =>
    genes.map((gene) => `SYN${String(gene + 1).padStart(4, '0')}`),
  );
  return cases.map((one) => {
    const mean = new Float64Array(patchWidth);
    const bag = one.patches();
    bag.forEach((value, i) => (mean[i % patchWidth]! += value / one.patchCount));
    const dice = createHash('sha256').update(one.caseId).digest();
    return {
      ...one,
      days: Math.round(one.timeMonths * DAYS_PER_MONTH),
      age: 40 + (dice[0]! % 45),
      female: dice[1]! % 2 === 0,
      stage: ['Stage I', 'Stage IIA', 'Stage III', 'Stage IV'][dice[2]! % 4]!,
      genes: new Map([...new Map(order.map((gene, i) => [gene, one.genes[i]!]))].sort()),
      mean,
      patches: () => one.patches(),
    };
  });
}

function outcomeTables(name: string, people: readonly Person[]): [string, string | Uint8Array][] {
  const cohort = name.toUpperCase();
  const porpoise = people.flatMap((one, i) =>
    one.slideIds.map((slide) => ({
      '': i,
      case_id: one.caseId,
      slide_id: `${slide}.svs`,
      site: one.caseId.split('-')[1],
      is_female: one.female ? 1 : 0,
      oncotree_code: cohort,
      age: one.age,
      survival_months: Number((one.days / 30.44).toFixed(2)),
      censorship: one.event ? 0 : 1,
      train: 1,
      ...Object.fromEntries(
        [...one.genes].map(([gene, value]) => [`${gene}_cnv`, Math.sign(Math.round(value))]),
      ),
      ...Object.fromEntries([...one.genes].map(([gene, value]) => [`${gene}_rnaseq`, value])),
    })),
  );
  const resource = people.map((one, i) => ({
    '': i + 1,
    bcr_patient_barcode: one.caseId,
    type: cohort,
    age_at_initial_pathologic_diagnosis: one.age,
    gender: one.female ? 'FEMALE' : 'MALE',
    ajcc_pathologic_tumor_stage: one.stage,
    vital_status: one.event ? 'Dead' : 'Alive',
    ...Object.fromEntries(
      ['OS', 'DSS', 'DFI', 'PFI'].flatMap((endpoint) => [
        [endpoint, one.event ? 1 : 0],
        [`${endpoint}.time`, one.days],
      ]),
    ),
    Redaction: '',
  }));
  const records = people.map((one) => ({
    submitter_id: one.caseId,
    demographic: {
      vital_status: one.event ? 'Dead' : 'Alive',
      ...(one.event && { days_to_death: one.days }),
      sex_at_birth: one.female ? 'female' : 'male',
    },
    diagnoses: [
      {
        age_at_diagnosis: Math.ceil(one.age * 365.25),
        ajcc_pathologic_stage: one.stage,
        days_to_last_follow_up: one.event ? null : one.days,
      },
    ],
  }));
  const clinical = people.map((one) => ({
    'cases.submitter_id': one.caseId,
    'demographic.vital_status': one.event ? 'Dead' : 'Alive',
    'demographic.days_to_death': one.event ? one.days : "'--",
    'demographic.gender': one.female ? 'female' : 'male',
    'diagnoses.age_at_diagnosis': Math.ceil(one.age * 365.25),
    'diagnoses.ajcc_pathologic_stage': one.stage,
    'diagnoses.days_to_last_follow_up': one.event ? "'--" : one.days,
  }));
  const table = `tcga_${name}_all_clean.csv.zip`;
  return [
    [`porpoise/${table}`, zipBytes({ [table]: Buffer.from(csv(porpoise)) }, 6)],
    ['tcga-cdr.csv', csv(resource)],
    ['tcga-cdr.xlsx', workbookBytes(TCGA_CDR_SHEET, resource)],
    ['clinical.json', `${JSON.stringify(records, null, 1)}\n`],
    ['clinical.tsv', tsv(clinical)],
  ];
}

function geneTables({ pathways }: SyntheticCohort, people: readonly Person[]): [string, string][] {
  const genes = [...people[0]!.genes.keys()];
  const symbol = (gene: number) => `SYN${String(gene + 1).padStart(4, '0')}`;
  const sets = pathways.map((set) => [set.name, set.genes.map(symbol)] as const);
  const xena = genes.map((gene) => [gene, ...people.map((one) => (4 * one.genes.get(gene)!).toFixed(4))]);
  const sheet: string[][] = [['File ID', 'File Name', 'Sample ID']];
  const counts = people.map((one): [string, string] => {
    const id = uuid(`star/${one.caseId}`);
    const file = `${uuid(`file/${one.caseId}`)}.rna_seq.augmented_star_gene_counts.tsv`;
    sheet.push([id, file, `${one.caseId}-01A`]);
    const rows = genes.map((gene, i) => {
      const tpm = 2 ** (3 + 3 * one.genes.get(gene)!);
      const count = Math.round(10 * tpm);
      const reals = [tpm, tpm / 2, tpm / 3].map((value) => value.toFixed(4));
      return [`ENSG${String(i).padStart(11, '0')}.1`, gene, 'protein_coding', count, count, count, ...reals];
    });
    const unassigned = UNASSIGNED.map((row) => [row, '', '', 100, 100, 100, '', '', '']);
    const text = [STAR_HEADER.split(' '), ...unassigned, ...rows].map((row) => row.join('\t')).join('\n');
    return [`star/${id}/${file}`, `# gene-model: GENCODE v36\n${text}\n`];
  });
  return [
    ['xena.tsv', lines([['sample', ...people.map(({ caseId }) => `${caseId}-01`)], ...xena], '\t')],
    ['gdc_sample_sheet.tsv', lines(sheet, '\t')],
    ...counts,
    [
      'sets.gmt',
      lines(
        sets.map(([set, members]) => [set, 'synthetic', ...members]),
        '\t',
      ),
    ],
    [
      'combine_comps.csv',
      lines(
        [
          ['gene', ...sets.map(([set]) => set)],
          ...genes.map((gene) => [gene, ...sets.map(([, members]) => (members.includes(gene) ? '1' : '0'))]),
        ],
        ',',
      ),
    ],
  ];
}

function histologyFiles(
  name: string,
  people: readonly Person[],
  width: number,
): [string, string | Uint8Array][] {
  const count = Math.min(FEATURES, width);
  const features = people.map((one) => ({
    bcr_patient_barcode: one.caseId,
    ...Object.fromEntries(
      Array.from({ length: count }, (_, f) => [
        `MEAN [[SYNTHETIC PART${f + 1}] IN [TISSUE]]_HE`,
        one.mean[f]!,
      ]),
    ),
  }));
  const reads = people.map((one) => ({
    case_id: one.caseId,
    cohort: name.toUpperCase(),
    ...Object.fromEntries(
      READS.split(' ').map((question, q) => [
        `percent_${question}`,
        // Some questions stay without an answer, as they do.
        q >= 6 && one.age % 3 === 0 ? '' : Math.round(100 / (1 + Math.exp(-one.mean[q % width]!))),
      ]),
    ),
    n_slides_read: 1,
    event: one.event ? 1 : 0,
    time_days: one.days,
  }));
  return [
    [`${name}.hifs.csv`, csv(features)],
    ['pathologist_slide_reads.csv', csv(reads)],
    ...people.map((one): [string, Uint8Array] => [`maps/${one.slideIds[0]!}.png`, patchMap(one, width)]),
  ];
}

/** One pixel a patch: red lymphocytes, green tumour, blue tissue. */
function patchMap({ patchCount, patches }: Person, width: number): Uint8Array {
  const side = Math.ceil(Math.sqrt(patchCount));
  const data = new Uint8Array(3 * side * side);
  const bag = patches();
  for (let i = 0; i < patchCount; i += 1) {
    const share = (channel: number) => Math.round(255 / (1 + Math.exp(-bag[i * width + (channel % width)]!)));
    data.set([share(0), share(1), 255], 3 * i);
  }
  return encode({ width: side, height: side, data, channels: 3, depth: 8 });
}

function cohortFiles(name: string): [string, string][] {
  const head = `# A synthetic cohort: no line of it is a patient.\nname: ${name}\nsynthetic: true\n`;
  const write = (file: string, outcomes: string, genes: string, histology: string): [string, string] => [
    `${file}.yaml`,
    `${head}outcomes: { ${outcomes}, endpoint: os }\ngenes: { ${genes} }\nhistology: { ${histology} }\n`,
  ];
  const table = `porpoise/tcga_${name}_all_clean.csv.zip`;
  const reads = 'pathologist_slide_reads.csv';
  return [
    write(
      'porpoise',
      `layout: porpoise, file: ${table}`,
      `layout: porpoise, file: ${table}, scaling: z-score, pathways: sets.gmt`,
      `layout: hif2gene, file: ${name}.hifs.csv`,
    ),
    write(
      'gdc',
      'layout: gdc, file: clinical.json, compare: { layout: gdc, file: clinical.tsv }',
      'layout: star-counts, file: gdc_sample_sheet.tsv, folder: star, transform: log2(x+1), pathways: combine_comps.csv',
      'layout: patch-maps, file: maps, channels: brca',
    ),
    write(
      'tcga-cdr',
      `layout: tcga-cdr, file: tcga-cdr.xlsx, compare: { layout: tcga-cdr, file: tcga-cdr.csv }`,
      'layout: xena, file: xena.tsv',
      `layout: pathologist-reads, file: ${reads}`,
    ),
    write(
      'rtcga',
      `layout: rtcga, file: ${reads}`,
      'layout: xena, file: xena.tsv, scaling: none',
      `layout: pathologist-reads, file: ${reads}`,
    ),
  ];
}

function csv(rows: readonly object[]): string {
  return `${Papa.unparse([...rows], { newline: '\n' })}\n`;
}

function tsv(rows: readonly object[]): string {
  return `${Papa.unparse([...rows], { newline: '\n', delimiter: '\t' })}\n`;
}

function lines(rows: readonly (readonly string[])[], delimiter: string): string {
  return `${rows.map((row) => row.join(delimiter)).join('\n')}\n`;
}

function uuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [0, 8, 12, 16, 20].map((at, i) => hex.slice(at, at + [8, 4, 4, 4, 12][i]!)).join('-');
}
