import { DataError } from '../dataError.js';
import { isMissing } from '../clinical/missing.js';
import type { TextTable } from '../tables/textTable.js';
import type { BagSource, CaseBag } from './bagSource.js';

const READS = [
  'percent_tumor_cells',
  'percent_tumor_nuclei',
  'percent_normal_cells',
  'percent_stromal_cells',
  'percent_necrosis',
  'percent_lymphocyte_infiltration',
  'percent_monocyte_infiltration',
  'percent_neutrophil_infiltration',
] as const;

/**
 * What pathologists read on the frozen sections of a case, as a bag of eight tokens, one a question: the
 * answer from 0 to 1 (0 where there is none), whether there is an answer, and which question it is.
 *
 * @param cohort TCGA study, as `BRCA`.
 * @throws DataError for a percentage outside 0 to 100, a case that occurs twice, or a cohort without rows.
 * @source RTCGA.clinical.20160128, biospecimen core resource.
 */
export function readPathologistReads(table: TextTable, cohort: string): BagSource {
  const studies = table.column('cohort');
  const ids = table.column('case_id');
  const columns = READS.map((name) => table.column(name));
  const width = 2 + READS.length;
  const cases = new Map<string, CaseBag>();
  let unanswered = 0;
  ids.forEach((id, row) => {
    if (studies[row] !== cohort.toUpperCase()) return;
    const caseId = id.trim().toUpperCase();
    if (cases.has(caseId)) throw new DataError(table.where(row), `case ${caseId} occurs twice`);
    const bag = new Float32Array(READS.length * width);
    columns.forEach((cells, question) => {
      const cell = cells[row]!.trim();
      const at = question * width;
      bag[at + 2 + question] = 1;
      if (isMissing(cell)) {
        unanswered += 1;
        return;
      }
      const value = Number(cell);
      if (!(value >= 0 && value <= 100)) {
        throw new DataError(
          table.where(row),
          `${READS[question]} of ${caseId} is "${cell}", expected 0 to 100`,
        );
      }
      bag[at] = value / 100;
      bag[at + 1] = 1;
    });
    cases.set(caseId, { rows: READS.length, slideIds: [], read: () => bag });
  });
  if (cases.size === 0) throw new DataError(table.path, `no rows of the cohort ${cohort.toUpperCase()}`);
  const channels = ['value', 'answered', ...READS];
  const notes = unanswered
    ? [`${unanswered} of ${cases.size * READS.length} questions without an answer`]
    : [];
  const digests = { [table.path]: table.sha256 };
  return { path: table.path, digests, width, channels, namedTokens: true, cases, notes };
}
