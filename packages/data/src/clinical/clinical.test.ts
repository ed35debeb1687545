import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTable } from '../tables/textTable.js';
import { SURVPATH, tcgaCdrLayout } from './clinicalLayout.js';
import { compareSurvival } from './compareSurvival.js';
import { readGdcClinical } from './gdcClinical.js';
import { readSurvival } from './readSurvival.js';
import { rowsOutOfOrder } from './rowOrder.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const table = (lines: string[], path = 't.csv') => parseTable(bytes(`${lines.join('\n')}\n`), path);

describe('the TCGA clinical data resource', () => {
  const HEADER = 'bcr_patient_barcode,type,gender,vital_status,OS,OS.time,DFI,DFI.time,Redaction';
  const read = (...lines: string[]) => readSurvival(table([HEADER, ...lines]), tcgaCdrLayout('brca'));

  it('takes events as events and days as days, of the cohort asked for alone', () => {
    const { cases, daysPerMonth } = read(
      'TCGA-AA-0001,BRCA,FEMALE,Dead,1,609,#N/A,#N/A,',
      'TCGA-AA-0002,BLCA,MALE,Alive,0,10,0,10,',
    );
    expect([...cases.keys()]).toEqual(['TCGA-AA-0001']);
    const one = cases.get('TCGA-AA-0001')!;
    expect(one.outcomes).toEqual({ os: { timeMonths: 609 / daysPerMonth, event: true } });
    expect(one).toMatchObject({ sex: 'female', site: 'AA' });
  });

  it('lists who is left out, and why', () => {
    const { excluded } = read(
      'TCGA-AA-0001,BRCA,FEMALE,Dead,1,609,1,50,',
      'TCGA-AA-0002,BRCA,FEMALE,Dead,1,0,1,[Not Available],',
      'TCGA-AA-0003,BRCA,FEMALE,Dead,1,5,1,5,Redacted',
      'TCGA-AA-0004,BRCA,FEMALE,Dead,,5,0,-3,',
    );
    expect(excluded.map(({ caseId, endpoint, reason }) => [caseId, endpoint, reason])).toEqual([
      ['TCGA-AA-0002', 'os', 'follow-up of 0 days'],
      ['TCGA-AA-0002', 'dfi', 'a status without a time'],
      ['TCGA-AA-0003', undefined, 'redacted by the source: Redacted'],
      ['TCGA-AA-0004', 'os', 'a time without a status'],
      ['TCGA-AA-0004', 'dfi', 'follow-up of -3 days'],
    ]);
  });

  it.each([
    ['a third sex', 'TCGA-AA-0001,BRCA,OTHER,Dead,1,609,1,50,', /gender of TCGA-AA-0001 is "OTHER"/],
    ['a time in words', 'TCGA-AA-0001,BRCA,MALE,Dead,1,soon,1,50,', /time of TCGA-AA-0001 is "soon"/],
    ['a cohort that is not there', 'TCGA-AA-0001,BLCA,MALE,Dead,1,6,1,50,', /no usable case with type BRCA/],
  ])('%s is refused', (_name, line, words) => {
    expect(() => read(line)).toThrow(words);
  });
});

describe('two sources', () => {
  const survpath = (...lines: string[]) =>
    readSurvival(table(['case_id,slide_id,survival_months,censorship', ...lines]), SURVPATH);

  it('a censored case is no event, and months are compared as days', () => {
    const first = survpath('TCGA-AA-0001,S,10,1', 'TCGA-AA-0002,S,10,1', 'TCGA-AA-0003,S,1,0');
    const second = readSurvival(
      table([
        'bcr_patient_barcode,type,OS,OS.time',
        'TCGA-AA-0001,BRCA,0,300',
        'TCGA-AA-0002,BRCA,1,300',
        'TCGA-AA-0003,BRCA,1,60',
      ]),
      tcgaCdrLayout('brca'),
    );
    expect(compareSurvival(first, second)).toEqual([
      { caseId: 'TCGA-AA-0002', endpoint: 'os', field: 'event', values: ['false', 'true'] },
      { caseId: 'TCGA-AA-0003', endpoint: 'os', field: 'days', values: ['30', '60'] },
    ]);
  });

  it('a source never disagrees with itself', () => {
    const row = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 5000 }), fc.boolean());
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ([id]) => id, minLength: 1 }), (rows) => {
        const lines = rows.map(
          ([id, day, event]) => `TCGA-AA-${String(id).padStart(4, '0')},S,${day / 30},${event ? 0 : 1}`,
        );
        expect(compareSurvival(survpath(...lines), survpath(...lines))).toEqual([]);
      }),
    );
  });
});

describe('rows out of order', () => {
  const ids = Array.from({ length: 60 }, (_, i) => `TCGA-AA-${String(i).padStart(4, '0')}`);
  const times = ids.map((_, i) => 100 + ((i * 7919) % 4001));
  const source = (days: readonly number[]) =>
    readSurvival(
      table(['bcr_patient_barcode,type,OS,OS.time', ...ids.map((id, i) => `${id},BRCA,1,${days[i]!}`)]),
      tcgaCdrLayout('brca'),
    );
  const check = (days: readonly number[]) => {
    const [first, second] = [source(days), source(times)];
    return rowsOutOfOrder(first, second, compareSurvival(first, second));
  };

  it('sorted times beside unsorted ids are found; so are times that moved by one row', () => {
    const [sorted] = check([...times].sort((a, b) => a - b));
    expect(sorted).toMatchObject({ endpoint: 'os', shared: 60 });
    expect(sorted!.swapped).toBeGreaterThan(50);
    expect(check([...times.slice(1), times[0]!])[0]).toMatchObject({ differing: 60, swapped: 60 });
  });

  it('the same times, a few corrections, and newer follow-up of everyone are not', () => {
    expect(check(times)).toEqual([]);
    expect(check(times.map((day, i) => (i % 10 ? day : day + 40)))).toEqual([]);
    expect(check(times.map((day) => day + 5003))).toEqual([]);
  });
});

describe('clinical files of the GDC', () => {
  const record = (caseId: string, demographic: object, diagnoses: object[], follow_ups: object[] = []) => ({
    submitter_id: caseId,
    demographic,
    diagnoses,
    follow_ups,
  });
  const hits = [
    record('TCGA-AA-0001', { vital_status: 'Dead', days_to_death: 300, gender: 'female' }, [
      { days_to_last_follow_up: 290, age_at_diagnosis: 20_000, ajcc_pathologic_stage: 'Stage II' },
    ]),
    // The largest follow-up counts, whichever node it stands in.
    record(
      'TCGA-AA-0002',
      { vital_status: 'alive', sex_at_birth: 'male' },
      [{ days_to_last_follow_up: null }],
      [{ days_to_follow_up: 40 }, { days_to_follow_up: 900 }],
    ),
    record('TCGA-AA-0003', { vital_status: 'Dead' }, [{}]),
    record('TCGA-AA-0004', { vital_status: 'Dead', days_to_death: 10 }, [{ days_to_last_follow_up: 20 }]),
    record('TCGA-AA-0005', { vital_status: 'Not Reported' }, [{ days_to_last_follow_up: 20 }]),
    record('TCGA-AA-0006', { vital_status: 'Alive' }, [{ days_to_last_follow_up: -2 }]),
    record('TCGA-AA-0007', { vital_status: 'Alive', days_to_death: 5 }, [{ days_to_last_follow_up: 20 }]),
  ];
  const REASONS = [
    ['TCGA-AA-0003', 'dead without days_to_death'],
    ['TCGA-AA-0004', 'death on day 10, last contact on day 20'],
    ['TCGA-AA-0005', 'vital status Not Reported'],
    ['TCGA-AA-0006', 'follow-up of -2 days'],
    ['TCGA-AA-0007', 'alive with days_to_death 5'],
  ];

  it.each([
    ["the portal's list", hits],
    ['an answer of the API', { data: { hits, pagination: {} }, warnings: {} }],
  ])('%s', (_name, document) => {
    const { cases, excluded } = readGdcClinical(bytes(JSON.stringify(document)), 'clinical.json');
    expect(cases.get('TCGA-AA-0001')).toMatchObject({
      outcomes: { os: { timeMonths: 300 / 30.4375, event: true } },
      age: 54,
      sex: 'female',
      stage: 'Stage II',
    });
    expect(cases.get('TCGA-AA-0002')).toMatchObject({
      outcomes: { os: { timeMonths: 900 / 30.4375, event: false } },
      sex: 'male',
    });
    expect(excluded.map(({ caseId, reason }) => [caseId, reason])).toEqual(REASONS);
  });

  it("the portal's table says the same, one row a diagnosis", () => {
    const lines = hits.flatMap(({ submitter_id, demographic, diagnoses, follow_ups }) => {
      const { vital_status, days_to_death } = demographic as { vital_status: string; days_to_death?: number };
      const last = (diagnoses[0] as { days_to_last_follow_up?: number | null }).days_to_last_follow_up;
      const contacts = follow_ups.length ? (follow_ups as { days_to_follow_up: number }[]) : [undefined];
      return contacts.map((one) =>
        [
          submitter_id,
          vital_status,
          days_to_death ?? "'--",
          last ?? "'--",
          one?.days_to_follow_up ?? "'--",
        ].join('\t'),
      );
    });
    const header =
      'case_submitter_id\tvital_status\tdays_to_death\tdays_to_last_follow_up\tdays_to_follow_up';
    const { cases, excluded } = readGdcClinical(bytes([header, ...lines, ''].join('\n')), 'clinical.tsv');
    expect(cases.get('TCGA-AA-0002')!.outcomes.os).toEqual({ timeMonths: 900 / 30.4375, event: false });
    expect(excluded.map(({ caseId, reason }) => [caseId, reason])).toEqual(REASONS);
  });

  it.each([
    ['broken JSON', '[{"submitter_id": ', /no valid JSON/],
    ['an object without hits', '{"a": 1}', /expected a list of cases/],
    ['a case without a name', '[{}]', /case 1: has no submitter_id/],
    [
      'days in words',
      '[{"submitter_id":"A","demographic":{"vital_status":"Dead","days_to_death":"x"}}]',
      /is "x", expected days/,
    ],
    ['another table', 'a\tb\n1\t2\n', /no column case_submitter_id/],
    ['no case', '[]', /holds no cases/],
  ])('%s is refused', (_name, text, words) => {
    expect(() => readGdcClinical(bytes(text), 'clinical')).toThrow(words);
  });
});
