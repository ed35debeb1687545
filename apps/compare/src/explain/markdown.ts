import { markdownTable, type Column } from '../describe/markdownTable.js';
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

/** An explanation as a page of Markdown. */
export function explanationMarkdown(explanation: Explanation): string {
  const { headline, a, b, parts, difference, harmless, made, open, notes, resamples, seed, orders, command } =
    explanation;
  const sections = [
    '# Why the C-index differs',
    headline,
    table(
      ['Run', 'Folder', 'What', 'Measure'],
      [a, b].map((side, i) => ['AB'[i]!, `\`${side.name}\``, sideInWords(side), side.measure.words]),
    ),
    ...(parts.length > 0
      ? [
          '## What each difference moves',
          table(
            ['What B has otherwise', 'Share', '95 %', 'Alone', 'Taken back', 'Worth'],
            [
              ...parts.map((part) => [
                part.words,
                signed(part.share),
                intervalInWords(part),
                signedOrDash(part.alone),
                signedOrDash(part.last),
                worthInWords(part),
              ]),
              ['all together', signed(difference), '', '', '', ''],
            ],
          ),
          interactionInWords(explanation),
          `Shares are means over ${orders === 1 ? 'the one order' : `${orders} orders`} in which the differences can be made; intervals from ${resamples} resamples of the cases, seed ${seed}.`,
        ]
      : []),
    ...(made.length > 0
      ? [
          '## Behind other risks',
          table(
            ['What', 'A → B', 'What it moves'],
            made.map((one) => [one.name, valuesInWords(one), needInWords(one)]),
          ),
        ]
      : []),
    ...listed('Moves nothing', harmless),
    ...listed('Not explained', open),
    ...notes,
    `\`\`\`\n${command}\n\`\`\``,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [`## ${title}`, lines.map((line) => `- ${line}`).join('\n')] : [];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = titles.map((title): Column => ({ title }));
  return markdownTable(
    columns,
    rows.map((cells) => cells.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' '))),
  );
}
