import { html, type Markup } from '../../../html/markup.js';
import { agreementInWords } from '../agreements.js';
import type { AgreementRow, StudyReport } from '../studyReport.js';
import { table } from './table.js';

/** Runs that both stacks took step by step; nothing where there are none. */
export function agreement({ agreement: rows }: StudyReport): Markup | false {
  const away = ({ error, ratio }: AgreementRow['losses']) =>
    `${ratio.toFixed(2)} (${error.toExponential(1)})`;
  return (
    rows.length > 0 &&
    html`<section>
      <h2>Both stacks, step by step</h2>
      ${table(
        `${agreementInWords(rows)} Distances from PyTorch in float64, in yardsticks: the farthest of three float32 runs of PyTorch.`,
        ['Run', 'Losses', 'Risks', 'C-index the same', 'Verdict'],
        rows.map((row) => [
          `${row.method}, ${row.source}, seed ${row.seed}, fold ${row.fold}`,
          away(row.losses),
          away(row.risks),
          `${row.same} of ${row.decided}`,
          row.agrees ? 'same' : 'differs',
        ]),
      )}
    </section>`
  );
}
