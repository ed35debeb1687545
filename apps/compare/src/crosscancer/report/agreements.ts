import { agrees, type CellAgreement } from '../../train/cellAgreement.js';
import type { Method } from './method.js';
import type { AgreementRow } from './studyReport.js';

/** Runs that both stacks took step by step: whether TypeScript stayed where PyTorch in float64 says. */
export function agreementRows(methods: readonly Method[]): AgreementRow[] {
  return methods.flatMap(({ name, cells }) =>
    cells.flatMap(({ source, seed, fold, agreement }) =>
      agreement ? [{ method: name, source, seed, fold, ...summary(agreement) }] : [],
    ),
  );
}

/** All of them in one sentence; empty where there are none. */
export function agreementInWords(rows: readonly AgreementRow[]): string {
  if (rows.length === 0) return '';
  const worst = Math.max(...rows.flatMap(({ losses, risks }) => [losses.ratio, risks.ratio]));
  const [cohorts, decided, same] = (['cohorts', 'decided', 'same'] as const).map((what) =>
    rows.reduce((sum, row) => sum + row[what], 0),
  );
  const apart = rows.filter((row) => !row.agrees).length;
  return (
    `Both stacks trained ${rows.length} run${rows.length === 1 ? '' : 's'} step by step: ` +
    (apart === 0 ? 'all agree' : `${apart} DIFFER`) +
    `; the farthest is ${worst.toFixed(2)} yardsticks away (4 are allowed), and the C-index is the same to three ` +
    `decimals in ${same} of the ${decided} judged cohorts where runs of PyTorch agree on it (${cohorts} in all).`
  );
}

function summary(agreement: CellAgreement): Omit<AgreementRow, 'method' | 'source' | 'seed' | 'fold'> {
  const of = (name: 'losses' | 'risks') => {
    const { quantity: _, ...rest } = agreement.trajectory.find(({ quantity }) => quantity === name)!;
    return rest;
  };
  const decided = agreement.cindex.filter((one) => one.decided);
  return {
    losses: of('losses'),
    risks: of('risks'),
    cohorts: agreement.cindex.length,
    decided: decided.length,
    same: decided.filter((one) => one.same).length,
    agrees: agrees(agreement),
  };
}
