import type { Agreement, BothStacks, CindexAgreement } from '@concord/training';
import { judgedCohorts, type Role, type RoledCase } from './cellFiles.js';

/** Yardsticks that TypeScript may be away from PyTorch in float64. */
const FACTOR = 4;

/** The C-index that both stacks give one cohort. */
export interface CohortAgreement extends CindexAgreement {
  readonly cohort: string;
  readonly role: Role;
}

/** How far both stacks agree in one cell. */
export interface CellAgreement {
  /** Losses of all steps, and risks of all judged cases. */
  readonly trajectory: readonly Agreement[];
  /** Of cohorts with comparable pairs. */
  readonly cindex: readonly CohortAgreement[];
}

/** Of a cell whose steps were taken and whose cases were judged. */
export function cellAgreement(stack: BothStacks, judged: readonly RoledCase[]): CellAgreement {
  return {
    trajectory: stack.agreement(),
    cindex: judgedCohorts(judged).flatMap((cases) => {
      const found = stack.cindexOf(cases.map(({ one }) => one));
      const { role, one } = cases[0]!;
      return found ? [{ cohort: one.cohort, role, ...found }] : [];
    }),
  };
}

/** Whether the trajectory stays within four yardsticks, and C is the same wherever the numbers decide it. */
export function agrees({ trajectory, cindex }: CellAgreement): boolean {
  return trajectory.every(isClose) && cindex.every(({ decided, same }) => same || !decided);
}

/** For a terminal. */
export function agreementLines({ trajectory, cindex }: CellAgreement): string[] {
  return [
    ...trajectory.map((one) => {
      const { quantity, count, error, yardstick, ratio } = one;
      return (
        `both stacks, ${count} ${quantity}: ${error.toExponential(1)} from float64, ` +
        `PyTorch's float32 ${yardstick.toExponential(1)}; ratio ${ratio.toFixed(2)}, ` +
        (isClose(one) ? 'SAME' : 'DIFFERS')
      );
    }),
    ...cindex.map(({ cohort, role, typescript, torch, decided, same }) => {
      const found = `both stacks, C-index of ${cohort} (${role}): ${typescript.toFixed(3)}, PyTorch ${torch.toFixed(3)}`;
      if (!decided) return `${found}; runs of PyTorch differ among themselves, NOT DECIDED`;
      return `${found}, ${same ? 'SAME' : 'DIFFERS'}`;
    }),
  ];
}

function isClose({ ratio }: Agreement): boolean {
  return ratio <= FACTOR;
}
