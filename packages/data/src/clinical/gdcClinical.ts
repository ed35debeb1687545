import { createHash } from 'node:crypto';
import { DataError } from '../dataError.js';
import { parseTable } from '../tables/textTable.js';
import { isMissing } from './missing.js';
import type { ClinicalCase, Exclusion, Outcome, SurvivalTable } from './survivalTable.js';

/** What the GDC says of one case, before a rule makes an outcome of it. */
interface GdcCase {
  readonly where: string;
  readonly caseId: string;
  readonly status: string;
  readonly daysToDeath: string;
  /** Every field of a last contact: the GDC moved them between nodes from one release to the next. */
  readonly contacts: string[];
  readonly sex: string;
  /** Days at diagnosis. */
  readonly age: string;
  readonly stage: string;
  readonly grade: string;
  readonly subtype: string;
}

const DAYS_PER_MONTH = 30.4375;
const DAYS_PER_YEAR = 365.25;

/**
 * Overall survival from a clinical file of the GDC: the portal's `clinical.json` or `clinical.tsv`, or an
 * answer of its API. Dead: the time is days_to_death. Otherwise censored at the largest of all follow-up
 * fields. Cases with contradictory or missing follow-up are excluded and listed, never repaired.
 *
 * @throws DataError if it is neither of those, or a number is malformed.
 * @source GDC data release notes 42 and 43 (follow-up fields moved to `follow_ups` and back).
 */
export function readGdcClinical(bytes: Uint8Array, path: string): SurvivalTable {
  const json = /^[\s\uFEFF]*[[{]/.test(Buffer.from(bytes.subarray(0, 64)).toString('utf8'));
  const records = json ? fromJson(bytes, path) : fromTable(bytes, path);
  const cases = new Map<string, ClinicalCase>();
  const excluded: Exclusion[] = [];
  for (const record of records) {
    const { where, caseId } = record;
    if (cases.has(caseId)) throw new DataError(where, `case ${caseId} occurs twice`);
    const outcome = overallSurvival(record);
    if (typeof outcome === 'string') excluded.push({ where, caseId, endpoint: 'os', reason: outcome });
    const age = days(record.age, record, 'age_at_diagnosis');
    const sex = record.sex.toLowerCase();
    cases.set(caseId, {
      caseId,
      outcomes: typeof outcome === 'string' ? {} : { os: outcome },
      slideIds: [],
      ...(age !== undefined && { age: Math.floor(age / DAYS_PER_YEAR) }),
      ...((sex === 'female' || sex === 'male') && { sex }),
      ...(!isMissing(record.stage) && { stage: record.stage }),
      ...(!isMissing(record.grade) && { grade: record.grade }),
      ...(!isMissing(record.subtype) && { subtype: record.subtype }),
    });
  }
  if (cases.size === 0) throw new DataError(path, 'holds no cases');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, sha256, daysPerMonth: DAYS_PER_MONTH, cases, excluded };
}

/** The outcome, or the reason why there is none. */
function overallSurvival(record: GdcCase): Outcome | string {
  const death = days(record.daysToDeath, record, 'days_to_death');
  const contacts = record.contacts
    .map((text) => days(text, record, 'days of a follow-up'))
    .filter((day) => day !== undefined);
  const last = contacts.length ? Math.max(...contacts) : undefined;
  const status = record.status.toLowerCase();
  if (status === 'dead') {
    if (death === undefined) return 'dead without days_to_death';
    if (last !== undefined && death < last) return `death on day ${death}, last contact on day ${last}`;
    return positive(death, true);
  }
  if (status !== 'alive') return `vital status ${record.status || 'missing'}`;
  if (death !== undefined) return `alive with days_to_death ${death}`;
  if (last === undefined) return 'alive without any follow-up';
  return positive(last, false);
}

function positive(day: number, event: boolean): Outcome | string {
  return day > 0 ? { timeMonths: day / DAYS_PER_MONTH, event } : `follow-up of ${day} days`;
}

function days(text: string, { where, caseId }: GdcCase, what: string): number | undefined {
  if (isMissing(text)) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new DataError(where, `${what} of ${caseId} is "${text}", expected days`);
  return value;
}

type Json = Readonly<Record<string, unknown>>;

function fromJson(bytes: Uint8Array, path: string): GdcCase[] {
  let document: unknown;
  try {
    document = JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    );
  } catch (error) {
    throw new DataError(path, `is no valid JSON (${(error as Error).message})`);
  }
  const hits = (document as { data?: { hits?: unknown } }).data?.hits ?? document;
  if (!Array.isArray(hits))
    throw new DataError(path, 'expected a list of cases, or an answer with data.hits');
  return hits.map((hit: unknown, i): GdcCase => {
    const where = `${path}, case ${i + 1}`;
    if (typeof hit !== 'object' || hit === null) throw new DataError(where, 'is no case record');
    const one = hit as Json;
    const demographic = (one['demographic'] ?? {}) as Json;
    const diagnoses = records(one['diagnoses']);
    const caseId = text(one['submitter_id']).toUpperCase();
    if (!caseId) throw new DataError(where, 'has no submitter_id');
    const first = (name: string) =>
      diagnoses.map((diagnosis) => text(diagnosis[name])).find((value) => !isMissing(value)) ?? '';
    return {
      where,
      caseId,
      status: text(demographic['vital_status']),
      daysToDeath: text(demographic['days_to_death']),
      contacts: [
        ...diagnoses.map((diagnosis) => text(diagnosis['days_to_last_follow_up'])),
        ...records(one['follow_ups']).map((followUp) => text(followUp['days_to_follow_up'])),
      ],
      sex: text(demographic['sex_at_birth']) || text(demographic['gender']),
      age: first('age_at_diagnosis'),
      stage: first('ajcc_pathologic_stage'),
      grade: first('tumor_grade'),
      subtype: first('primary_diagnosis'),
    };
  });
}

function records(value: unknown): Json[] {
  return Array.isArray(value)
    ? value.filter((one): one is Json => typeof one === 'object' && one !== null)
    : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** The portal's table: one row a diagnosis or treatment; column names with or without their node. */
function fromTable(bytes: Uint8Array, path: string): GdcCase[] {
  const table = parseTable(bytes, path, { delimiter: '\t' });
  const pick = (...names: string[]) => {
    const name = names.find((candidate) => table.has(candidate));
    return name === undefined ? undefined : table.column(name);
  };
  const ids = pick('cases.submitter_id', 'case_submitter_id', 'submitter_id');
  const status = pick('demographic.vital_status', 'vital_status');
  if (!ids || !status) {
    const missing = ids ? 'vital_status' : 'case_submitter_id';
    throw new DataError(path, `no column ${missing}; is it the clinical.tsv of the GDC portal?`);
  }
  const death = pick('demographic.days_to_death', 'days_to_death');
  const contacts = [
    pick('diagnoses.days_to_last_follow_up', 'days_to_last_follow_up'),
    pick('follow_ups.days_to_follow_up', 'days_to_follow_up'),
  ];
  const sex = pick('demographic.sex_at_birth', 'sex_at_birth', 'demographic.gender', 'gender');
  const age = pick('diagnoses.age_at_diagnosis', 'age_at_diagnosis');
  const stage = pick('diagnoses.ajcc_pathologic_stage', 'ajcc_pathologic_stage');
  const grade = pick('diagnoses.tumor_grade', 'tumor_grade');
  const subtype = pick('diagnoses.primary_diagnosis', 'primary_diagnosis');
  const found = new Map<string, GdcCase>();
  ids.forEach((id, row) => {
    const caseId = id.trim().toUpperCase();
    const at = (column: readonly string[] | undefined) => column?.[row]?.trim() ?? '';
    const known = found.get(caseId);
    const own = contacts.map(at);
    if (known) {
      known.contacts.push(...own);
      return;
    }
    found.set(caseId, {
      where: table.where(row),
      caseId,
      status: at(status),
      daysToDeath: at(death),
      contacts: own,
      sex: at(sex),
      age: at(age),
      stage: at(stage),
      grade: at(grade),
      subtype: at(subtype),
    });
  });
  return [...found.values()];
}
