import Table from 'cli-table3';
import type { Colors } from '../parity/terminal.js';
import type { Explanation } from './explanation.js';
import {
  interactionInWords,
  intervalInWords,
  needInWords,
  sideInWords,
  signed,
  signedOrDash,
  valuesInWords,
  worthInWords,
} from './words.js';

const LAST_WORDS = { equal: 'EQUAL', explained: 'EXPLAINED', unexplained: 'NOT ALL EXPLAINED' } as const;

/** What is left on the screen: the answer, the two runs, what each difference moves, what is open, files. */
export function renderTerminal(
  explanation: Explanation,
  files: Readonly<Record<string, string>>,
  colors: Colors,
): string {
  const { headline, a, b, parts, harmless, made, open, notes, status } = explanation;
  const width = Math.max(0, ...Object.keys(files).map((name) => name.length));
  const runs = [a, b].map(
    (side, i) =>
      `${colors.bold('AB'[i]!)}  ${side.name}\n   ${sideInWords(side)}: ${colors.dim(side.measure.words)}`,
  );
  const blocks = [
    colors.bold(headline),
    runs.join('\n'),
    parts.length > 0 && partTable(explanation, colors),
    interactionInWords(explanation),
    made.length > 0 &&
      [
        'Behind other risks:',
        ...made.map((one) => `  ${one.name}: ${valuesInWords(one)}\n    ${colors.dim(needInWords(one))}`),
      ].join('\n'),
    [...harmless.map((text) => `Moves nothing: ${text}.`), ...notes].join('\n'),
    open.length > 0 && open.map((text) => colors.yellow(`Not explained: ${text}.`)).join('\n'),
    colors.bold(
      status === 'unexplained' ? colors.yellow(LAST_WORDS[status]) : colors.green(LAST_WORDS[status]),
    ),
    Object.entries(files)
      .map(([name, path]) => `${colors.dim(name.padEnd(width))}  ${path}`)
      .join('\n'),
  ];
  return `${blocks.filter((block) => block).join('\n\n')}\n`;
}

function partTable({ parts, difference }: Explanation, colors: Colors): string {
  const table = new Table({
    head: ['what B has otherwise', 'share', '95 %', 'alone', 'taken back', ''].map((word) =>
      colors.dim(word),
    ),
    colWidths: [56, 9, 19, 9, 12, 32],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const part of parts) {
    table.push([
      part.words,
      colors.bold(signed(part.share)),
      intervalInWords(part),
      signedOrDash(part.alone),
      signedOrDash(part.last),
      worthInWords(part),
    ]);
  }
  table.push(['all together', colors.bold(signed(difference)), '', '', '', '']);
  return table.toString();
}
