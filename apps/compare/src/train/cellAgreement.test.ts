import { describe, expect, it } from 'vitest';
import { agreementLines, agrees, type CellAgreement } from './cellAgreement.js';

const trajectory = [
  { quantity: 'losses', count: 32, error: 3e-6, yardstick: 1e-6, ratio: 3 },
  { quantity: 'risks', count: 24, error: 4e-6, yardstick: 1e-6, ratio: 4 },
] as const;
const index = { cohort: 'stad', role: 'cross-domain', typescript: 0.7512, torch: 0.7508 } as const;
const same: CellAgreement = { trajectory, cindex: [{ ...index, decided: true, same: true }] };

describe('agreement of a cell', () => {
  it('takes four yardsticks, and a C-index that is the same wherever that is decided', () => {
    expect(agrees(same)).toBe(true);
    const far = { ...trajectory[0], ratio: 4.01 };
    expect(agrees({ ...same, trajectory: [far, trajectory[1]] })).toBe(false);
    expect(agrees({ ...same, trajectory: [{ ...far, ratio: NaN }] })).toBe(false);
    expect(agrees({ ...same, cindex: [{ ...index, decided: true, same: false }] })).toBe(false);
    expect(agrees({ ...same, cindex: [{ ...index, decided: false, same: false }] })).toBe(true);
  });

  it('is told line by line', () => {
    const differs = { ...index, torch: 0.754, decided: true, same: false };
    const undecided = { ...differs, decided: false };
    const lines = agreementLines({ ...same, cindex: [...same.cindex, differs, undecided] });
    expect(lines).toEqual([
      "both stacks, 32 losses: 3.0e-6 from float64, PyTorch's float32 1.0e-6; ratio 3.00, SAME",
      "both stacks, 24 risks: 4.0e-6 from float64, PyTorch's float32 1.0e-6; ratio 4.00, SAME",
      'both stacks, C-index of stad (cross-domain): 0.751, PyTorch 0.751, SAME',
      'both stacks, C-index of stad (cross-domain): 0.751, PyTorch 0.754, DIFFERS',
      'both stacks, C-index of stad (cross-domain): 0.751, PyTorch 0.754; runs of PyTorch differ among themselves, NOT DECIDED',
    ]);
  });
});
