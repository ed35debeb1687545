import type { BackboneDescription } from './describeBackbone.js';
import { markdownTable } from './markdownTable.js';
import { describeAsMermaid } from './mermaid.js';
import { describeAsTable } from './table.js';
import { countText } from './words.js';

/** The command that makes the page. */
export const PAGE_COMMAND = 'npx concord describe --backbone all --format page';

/** All backbones as a page of the documentation. */
export function describeAsPage(descriptions: readonly BackboneDescription[]): string {
  const columns = [
    { title: 'Backbone' },
    { title: 'What it is' },
    { title: 'Reads' },
    { title: 'Parameters as published', align: 'right' as const },
    { title: 'On the small cohort', align: 'right' as const },
  ];
  const rows = descriptions.map(({ name, title, reads, settings }) => [
    `[${name}](#${name})`,
    title,
    [...(reads.genes ? ['genes'] : []), ...(reads.patches ? ['patches'] : [])].join(', '),
    countText(settings.published.parameters),
    countText(settings.small.parameters),
  ]);
  const sections = descriptions.flatMap((one) => [
    `## ${one.name}`,
    `${one.title}.`,
    describeAsTable(one),
    `\`\`\`mermaid\n${describeAsMermaid(one)}\n\`\`\``,
  ]);
  const about =
    `Written by \`${PAGE_COMMAND}\`; a test writes it again and compares.\n` +
    'Each row is one named intermediate of an evaluation, the same in both stacks; dropout adds its own in training.\n' +
    'Where an intermediate comes from was watched, operation by operation. A name with a `*` packs the weights that\n' +
    'have a number in its place. The plug-in point shows the bags that a module is given.';
  return `${['# The backbones', about, markdownTable(columns, rows), ...sections].join('\n\n')}\n`;
}
