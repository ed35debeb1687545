import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTables } from './findTables.js';
import { inspectTables } from './inspectTables.js';
import { tableKind } from './tableKind.js';
import { parseTable } from './textTable.js';

const IDS = Array.from({ length: 40 }, (_, i) => `TCGA-AA-${String(i).padStart(4, '0')}`);
const DAYS = IDS.map((_, i) => 100 + ((i * 7919) % 4001));
const GENES = ['TP53', 'EGFR', 'MYC'];
const number = (i: number, g: number) => (((i * 31 + g * 17) % 97) / 7).toFixed(4);

/** Every kind of table, sound, the same forty cases in each. */
const CLEAN: Readonly<Record<string, readonly string[]>> = {
  'metadata.csv': [
    ',case_id,slide_id,survival_months,censorship',
    ...IDS.map((id, i) => `${i},${id},${id}-01Z-00-DX1.svs,${DAYS[i]! / 30},${i % 2}`),
  ],
  'cdr.tsv': [
    ['', 'bcr_patient_barcode', 'type', 'OS', 'OS.time', 'Redaction'].join('\t'),
    ...IDS.map((id, i) => [i, id, 'BRCA', 1 - (i % 2), DAYS[i]!, ''].join('\t')),
  ],
  'porpoise.csv': [
    `,case_id,slide_id,survival_months,censorship,${GENES.map((gene) => `${gene}_rnaseq`).join(',')}`,
    ...IDS.map((id, i) => {
      const values = GENES.map((_, g) => number(i, g)).join(',');
      return `${i},${id},${id}-01Z-00-DX1.svs,${(DAYS[i]! / 30.44).toFixed(2)},${i % 2}.0,${values}`;
    }),
  ],
  'rna_clean.csv': [
    `,${GENES.join(',')}`,
    ...IDS.map((id, i) => `${id},${GENES.map((_, g) => number(i, g)).join(',')}`),
  ],
  'xena.tsv': [
    `gene\t${IDS.map((id) => `${id}-01`).join('\t')}`,
    ...GENES.map((gene, g) => `${gene}\t${IDS.map((_, i) => number(i, g)).join('\t')}`),
  ],
  'stages.csv': [',case_id,stage,grade', ...IDS.map((id, i) => `${i},${id},${['I', 'IIA'][i % 2]},G2`)],
  'split.csv': [',train,val', ...IDS.slice(0, 20).map((id, i) => `${i},${id},${IDS[20 + i]}`)],
  'clinical.json': [
    JSON.stringify(
      IDS.map((submitter_id, i) => ({
        submitter_id,
        demographic: {
          vital_status: i % 2 ? 'Alive' : 'Dead',
          ...(i % 2 === 0 && { days_to_death: DAYS[i] }),
        },
        diagnoses: [{ days_to_last_follow_up: i % 2 ? DAYS[i] : null }],
      })),
    ),
  ],
  'notes.csv': ['what,who', 'extracted,somebody'],
};

const line = (file: string, at: number, edit: (line: string) => string) =>
  CLEAN[file]!.map((text, i) => (i === at ? edit(text) : text));
/** Days in rising order, ids left where they are. */
const sortedTimes = [...DAYS].sort((a, b) => a - b);

const MUTANTS: readonly [
  name: string,
  file: string,
  lines: readonly string[],
  kind: string,
  words: RegExp,
][] = [
  [
    'NaN',
    'rna_clean.csv',
    line('rna_clean.csv', 5, (t) => t.replace(/,[^,]+$/, ',NaN')),
    'expression',
    /line 6: expression of MYC in TCGA-AA-0004 is "NaN"/,
  ],
  [
    'an infinity',
    'rna_clean.csv',
    line('rna_clean.csv', 5, (t) => t.replace(/,[^,]+$/, ',inf')),
    'expression',
    /is "inf", expected a number/,
  ],
  [
    'an empty cell',
    'porpoise.csv',
    line('porpoise.csv', 9, (t) => t.replace(/,[^,]+$/, ',')),
    'expression',
    /line 10: expression of MYC .* is ""/,
  ],
  ['text', 'xena.tsv', line('xena.tsv', 2, (t) => t.replace(/\t[^\t]+$/, '\tx')), 'expression', /"x"/],
  ['no bytes', 'rna_clean.csv', [], 'table-unreadable', /the file is empty/],
  ['no rows', 'metadata.csv', CLEAN['metadata.csv']!.slice(0, 1), 'table-unreadable', /a header and no rows/],
  [
    'a row cut off',
    'metadata.csv',
    line('metadata.csv', 40, (t) => t.slice(0, 12)),
    'table-unreadable',
    /line 41: has 2 cells, the header has 5/,
  ],
  [
    'a case twice',
    'rna_clean.csv',
    [...CLEAN['rna_clean.csv']!, CLEAN['rna_clean.csv']![1]!],
    'expression',
    /case TCGA-AA-0000 occurs twice/,
  ],
  [
    'another case’s numbers',
    'rna_clean.csv',
    line('rna_clean.csv', 3, (t) => t.replace(/,.*/, CLEAN['rna_clean.csv']![8]!.slice(12))),
    'duplicate',
    /TCGA-AA-0007 has the same numbers as TCGA-AA-0002/,
  ],
  [
    'two outcomes of one case',
    'metadata.csv',
    [...CLEAN['metadata.csv']!, `40,${IDS[0]},b.svs,1,0`],
    'outcomes',
    /case TCGA-AA-0000 has another outcome/,
  ],
  [
    'one slide of two cases',
    'metadata.csv',
    line('metadata.csv', 2, (t) => t.replace(/TCGA-AA-0001-01Z/, 'TCGA-AA-0000-01Z')),
    'duplicate',
    /slide TCGA-AA-0000-01Z-00-DX1.svs is of TCGA-AA-0000 and of TCGA-AA-0001/,
  ],
  [
    'a status of two',
    'cdr.tsv',
    line('cdr.tsv', 4, (t) => t.replace(/BRCA\t\d/, 'BRCA\t2')),
    'outcomes',
    /status of TCGA-AA-0003 is "2"/,
  ],
  [
    'times sorted, ids not',
    'cdr.tsv',
    CLEAN['cdr.tsv']!.map((t, i) =>
      i === 0 ? t : t.replace(String(DAYS[i - 1]), String(sortedTimes[i - 1])),
    ),
    'rows-out-of-order',
    /ids and times of os both rise over 40 cases|have another case's time/,
  ],
  [
    'validation that trains',
    'split.csv',
    [',train,val', ...IDS.map((id, i) => `${i},${id},${id}`)],
    'validation-is-training',
    /both hold the same 40 cases/,
  ],
  [
    'a case on both sides',
    'split.csv',
    line('split.csv', 3, (t) => t.replace(IDS[2]!, IDS[22]!)),
    'shared-case',
    /1 cases train and validate/,
  ],
  [
    'a broken clinical file',
    'clinical.json',
    [CLEAN['clinical.json']![0]!.slice(0, -20)],
    'outcomes',
    /is no valid JSON/,
  ],
];

describe('a folder of tables', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'concord-tables-'));
    for (const [name, lines] of Object.entries(CLEAN)) put(name, lines);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, lines: readonly string[]) =>
    writeFileSync(join(folder, name), lines.length ? `${lines.join('\n')}\n` : '');

  it('that is clean raises no alarm, and every table is taken for what it is', async () => {
    const { tables, findings } = await inspectTables(findTables([folder]));
    expect(findings).toEqual([]);
    expect(Object.fromEntries(tables.map(({ path, kind }) => [path.slice(folder.length + 1), kind]))).toEqual(
      {
        'cdr.tsv': 'tcga-cdr',
        'clinical.json': 'gdc-clinical',
        'metadata.csv': 'survpath',
        'notes.csv': 'other',
        'porpoise.csv': 'porpoise',
        'rna_clean.csv': 'expression',
        'split.csv': 'split',
        'stages.csv': 'attributes',
        'xena.tsv': 'xena',
      },
    );
  });

  it.each(MUTANTS)(
    'with %s in %s is caught, and nothing else is said',
    async (_name, file, lines, kind, words) => {
      put(file, lines);
      const { findings } = await inspectTables(findTables([folder]));
      const problems = findings.filter(({ severity }) => severity === 'problem');
      expect(problems.map((found) => found.kind)).toContain(kind);
      for (const found of problems) {
        expect(found.kind).toBe(kind);
        expect(found.text).toMatch(words);
        expect(`${found.path} ${found.text}`).toContain(file);
      }
    },
  );

  it('with cases that nobody repairs is warned of, not refused', async () => {
    put(
      'cdr.tsv',
      line('cdr.tsv', 7, (text) => text.replace(/\d+\t$/, '0\t')),
    );
    put(
      'stages.csv',
      line('stages.csv', 2, (text) => text.replace('G2', 'IDC')),
    );
    const { findings } = await inspectTables(findTables([folder]));
    expect(findings.map(({ severity, kind }) => [severity, kind])).toEqual([
      ['warning', 'left-out'],
      ['warning', 'other-column'],
      // The case that one table lost is in the three others.
      ['warning', 'sources-disagree'],
      ['warning', 'sources-disagree'],
      ['warning', 'sources-disagree'],
    ]);
  });

  it('finds tables in folders, and takes single files whatever they are called', () => {
    mkdirSync(join(folder, '.hidden'));
    writeFileSync(join(folder, '.hidden/t.csv'), 'a\n1\n');
    expect(findTables([folder]).length).toBe(Object.keys(CLEAN).length);
    writeFileSync(join(folder, 'table.data'), 'a,b\n1,2\n');
    expect(findTables([join(folder, 'table.data')])).toEqual([join(folder, 'table.data')]);
    expect(() => findTables([join(folder, 'nowhere')])).toThrow(/nowhere: no such file or folder/);
  });

  it('a list of slides is no table of outcomes', () => {
    const table = parseTable(Buffer.from('case_id,slide_id\nTCGA-AA-0001,x.svs\n'), 'slides.csv');
    expect(tableKind(table)).toBe('other');
  });
});
