import { groupConcordance, judgedGroups, type JudgedGroup } from '../../judgedRun/index.js';
import { cannot, found, notFound, number, table, type RunCheck } from '../check.js';

/** scikit-survival's tolerance of ties. */
const TIE = 1e-8;
/** One value for so many of the cases is no prediction; of a few cases, for all of them. */
const MOST = 0.5;
const FEW = 10;

/** A model that says the same of everybody: dead units, saturated hazards, a loss that stands still. */
export const constantRisk: RunCheck = {
  id: 'constant-risk',
  mistake: 'The risk is the same for most cases.',
  effect: 'Ties count half: a constant risk has a C-index of exactly 0.5, and one of rounding noise has any.',
  remedy: 'Look at the hazards and at the loss of each step; lower the learning rate, or train longer.',
  judge(run) {
    const groups = judgedGroups(run).filter(({ rows }) => rows.length > 2);
    if (groups.length === 0) return cannot('no risks are there', 'put risks.csv there');
    const shares = groups.map((group) => ({ group, ...commonest(group) }));
    const worst = shares.reduce((a, b) => (b.share > a.share ? b : a));
    const evidence = table(
      'Cases that share the commonest risk',
      ['risks', 'cases', 'sharing', 'the risk', 'C-index'],
      shares.map(({ group, share, risk }) => [
        ...[group.name, group.rows.length, Math.round(share * group.rows.length), risk],
        groupConcordance(group.judged) ?? null,
      ]),
    );
    if (worst.share <= MOST || (worst.share < 1 && worst.group.rows.length < FEW))
      return notFound('risks differ from case to case', evidence);
    const count = Math.round(worst.share * worst.group.rows.length);
    return found(
      `${worst.group.name}: ${count} of ${worst.group.rows.length} cases have the risk ${worst.risk}`,
      evidence,
      number('C-index', groupConcordance(worst.group.judged)),
    );
  },
};

function commonest({ rows }: JudgedGroup): { readonly share: number; readonly risk: number } {
  const sorted = rows
    .flatMap(({ risk = NaN }) => (Number.isFinite(risk) ? [risk] : []))
    .sort((a, b) => a - b);
  let [most, value, first] = [0, NaN, 0];
  sorted.forEach((risk, i) => {
    while (risk - sorted[first]! > TIE) first += 1;
    if (i - first + 1 > most) [most, value] = [i - first + 1, sorted[first]!];
  });
  return { share: most / rows.length, risk: value };
}
