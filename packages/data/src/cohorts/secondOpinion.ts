import { basename } from 'node:path';
import { compareAttributes, type AttributeTable, type CaseAttributes } from '../clinical/caseAttributes.js';
import { compareSurvival } from '../clinical/compareSurvival.js';
import { rowsOutOfOrder } from '../clinical/rowOrder.js';
import type { SurvivalTable } from '../clinical/survivalTable.js';
import type { DataFinding } from '../cohort.js';

/** A finding shows so many examples; JSON has no more, the tables do. */
const EXAMPLES = 5;

/** What a second source of outcomes says otherwise. */
export function compareSources(first: SurvivalTable, second: SurvivalTable): DataFinding[] {
  const disagreements = compareSurvival(first, second);
  const [one, other] = [basename(first.path), basename(second.path)];
  const shifted = rowsOutOfOrder(first, second, disagreements).map(
    ({ endpoint, shared, differing, swapped }): DataFinding => ({
      kind: 'rows-out-of-order',
      title: `Times stand beside the wrong ids: ${one} or ${other}, ${endpoint}`,
      detail: `${differing} of ${shared} cases differ, and ${swapped} of them have another case's time. One table was sorted without its times; find out which before you use either.`,
    }),
  );
  const examples = disagreements
    .slice(0, EXAMPLES)
    .map(({ caseId, endpoint, field, values }) => `${caseId} ${endpoint} ${field}: ${values.join(' and ')}`);
  const listed: DataFinding = {
    kind: 'sources-disagree',
    title: `${one} and ${other} disagree in ${disagreements.length} places; ${one} is used`,
    detail: examples.join('; '),
  };
  return [...(disagreements.length ? [...shifted, listed] : []), ...describedOtherwise(first, second)];
}

/** What two sources say otherwise of age, sex, stage, grade and subtype. */
export function describedOtherwise(
  first: { readonly path: string; readonly cases: ReadonlyMap<string, CaseAttributes> },
  second: { readonly path: string; readonly cases: ReadonlyMap<string, CaseAttributes> },
): DataFinding[] {
  const { disagreements, neverAlike } = compareAttributes(first.cases, second.cases);
  const [one, other] = [basename(first.path), basename(second.path)];
  const strange = neverAlike.map(({ field, cases }): DataFinding => ({
    kind: 'attribute-never-alike',
    title: `${one} and ${other} agree on the ${field} of none of ${cases} cases`,
    detail: 'They use different words, or one of them has another column under this name.',
  }));
  if (disagreements.length === 0) return strange;
  const examples = disagreements
    .slice(0, EXAMPLES)
    .map(({ caseId, field, values }) => `${caseId} ${field}: ${values.join(' and ')}`);
  const title = `${one} and ${other} describe ${disagreements.length} cases differently; ${one} is used`;
  return [...strange, { kind: 'attributes-disagree', title, detail: examples.join('; ') }];
}

/** What stands in a column where it cannot belong, and where rows of one case differ. */
export function contradictionsIn(table: AttributeTable): DataFinding[] {
  const strange = (['stage', 'grade'] as const).flatMap((field): DataFinding[] => {
    const found = table.strange.filter((one) => one.field === field);
    if (found.length === 0) return [];
    const cases = found.reduce((sum, one) => sum + one.cases, 0);
    const title = `${basename(table.path)} has no ${field} in the column ${field} of ${cases} rows; these are left out`;
    const detail = found.map(({ value, cases: count }) => `${value} (${count})`).join(', ');
    return [{ kind: 'attribute-of-another-column', title, detail }];
  });
  return [...strange, ...contradictionFindings(table)];
}

function contradictionFindings({ path, contradictions }: AttributeTable): DataFinding[] {
  if (contradictions.length === 0) return [];
  const examples = contradictions
    .slice(0, EXAMPLES)
    .map(({ caseId, field, values }) => `${caseId} ${field}: ${values.join(' and ')}`);
  const title = `${basename(path)} contradicts itself in ${contradictions.length} places; these are left out`;
  return [{ kind: 'attributes-contradict', title, detail: examples.join('; ') }];
}
