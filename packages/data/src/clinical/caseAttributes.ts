import type { TextTable } from '../tables/textTable.js';
import { isMissing } from './missing.js';
import type { ClinicalCase } from './survivalTable.js';

/** What describes a case and is no outcome. */
export const ATTRIBUTES = ['age', 'sex', 'stage', 'grade', 'subtype'] as const;

export type Attribute = (typeof ATTRIBUTES)[number];

export type CaseAttributes = Pick<ClinicalCase, Attribute>;

/** Two values for one attribute of one case. */
export interface AttributeDisagreement {
  readonly caseId: string;
  readonly field: Attribute;
  readonly values: readonly [first: string, second: string];
}

/** Attributes by case, and what the table itself contradicts. */
export interface AttributeTable {
  readonly path: string;
  readonly sha256: string;
  readonly cases: ReadonlyMap<string, CaseAttributes>;
  /** Rows of one case that differ; that attribute is then left out, not chosen. */
  readonly contradictions: readonly AttributeDisagreement[];
  /** What is no stage or grade, in that column, by what it says; left out as well. */
  readonly strange: readonly {
    readonly field: 'stage' | 'grade';
    readonly value: string;
    readonly cases: number;
  }[];
}

/** How stages and grades are written; anything else in their columns is of another column. */
const WRITTEN: Partial<Record<Attribute, RegExp>> = {
  stage: /^(?:stage\s+)?(?:0|t?is|x|i\/ii nos|(?:iv|i{1,3})[abc]?\d?)$/i,
  grade: /^(?:g[1-4xb]|[1-4]|high(?: grade)?|low(?: grade)?)$/i,
};

/**
 * Stage, grade and subtype as SurvPath and MCCSDG keep them beside their tables: `case_id`, and any of the three.
 * Columns are found by name: the two projects write them in different orders.
 *
 * @throws DataError if there is no column `case_id`.
 * @source mahmoodlab/SurvPath@3f73ddd, datasets_csv/clinical_data.
 */
export function readAttributes(table: TextTable): AttributeTable {
  const ids = table.column('case_id');
  const fields = (['stage', 'grade', 'subtype'] as const).filter((name) => table.has(name));
  const columns = fields.map((name) => [name, table.column(name)] as const);
  const cases = new Map<string, { -readonly [F in Attribute]?: CaseAttributes[F] }>();
  const contradictions: AttributeDisagreement[] = [];
  const contested = new Set<string>();
  const strange = new Map<string, { field: 'stage' | 'grade'; value: string; cases: number }>();
  ids.forEach((id, row) => {
    const caseId = id.trim().toUpperCase();
    if (isMissing(caseId)) return;
    const known = cases.get(caseId) ?? {};
    for (const [field, cells] of columns) {
      const value = cells[row]!.trim();
      const first = known[field];
      if (isMissing(value)) continue;
      if (field !== 'subtype' && !WRITTEN[field]!.test(value)) {
        const one = strange.get(`${field} ${value}`) ?? { field, value, cases: 0 };
        strange.set(`${field} ${value}`, { ...one, cases: one.cases + 1 });
        continue;
      }
      if (contested.has(`${caseId} ${field}`)) continue;
      if (first !== undefined && first !== value) {
        contradictions.push({ caseId, field, values: [first, value] });
        contested.add(`${caseId} ${field}`);
        delete known[field];
      } else known[field] = value;
    }
    cases.set(caseId, known);
  });
  return { path: table.path, sha256: table.sha256, cases, contradictions, strange: [...strange.values()] };
}

/** Where two sources describe one case differently. */
export interface AttributeComparison {
  readonly disagreements: readonly AttributeDisagreement[];
  /** Attributes that both have and no case has alike: two vocabularies, or two columns taken for one. */
  readonly neverAlike: readonly { readonly field: Attribute; readonly cases: number }[];
}

/** Ages within a year are the same: one source counts days, another whole years. */
const YEARS = 1;

/** Compare what two sources say of the cases that both have; what one does not say is no disagreement. */
export function compareAttributes(
  first: ReadonlyMap<string, CaseAttributes>,
  second: ReadonlyMap<string, CaseAttributes>,
): AttributeComparison {
  const disagreements: AttributeDisagreement[] = [];
  const neverAlike: { field: Attribute; cases: number }[] = [];
  for (const field of ATTRIBUTES) {
    const differing: AttributeDisagreement[] = [];
    let both = 0;
    for (const [caseId, one] of first) {
      const [a, b] = [one[field], second.get(caseId)?.[field]];
      if (a === undefined || b === undefined) continue;
      both += 1;
      if (!alike(field, a, b)) differing.push({ caseId, field, values: [String(a), String(b)] });
    }
    if (both > 0 && differing.length === both) neverAlike.push({ field, cases: both });
    else disagreements.push(...differing);
  }
  return { disagreements, neverAlike };
}

function alike(field: Attribute, a: string | number, b: string | number): boolean {
  if (field === 'age') return Math.abs(Number(a) - Number(b)) <= YEARS;
  if (field !== 'stage') return String(a).toUpperCase() === String(b).toUpperCase();
  const [one, other] = [stageOf(String(a)), stageOf(String(b))];
  // `II` says less than `Stage IIB`, not something else.
  return one.roman === other.roman && (one.part === other.part || !one.part || !other.part);
}

/** `Stage IIIA` → III and A. */
function stageOf(text: string): { roman: string; part: string } {
  const found = /^(?:STAGE\s+)?(IV|I{1,3}|0)([A-C]?)\d?$/.exec(text.trim().toUpperCase());
  return found ? { roman: found[1]!, part: found[2]! } : { roman: text.trim().toUpperCase(), part: '' };
}
