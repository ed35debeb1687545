import type { BackboneDescription } from './describeBackbone.js';
import { markdownTable } from './markdownTable.js';
import { countText, protocolText, settingText, stepShape, weightsText } from './words.js';

/** A backbone as a table: one row for each intermediate, with its shape at both sizes and its weights. */
export function describeAsTable({ source, protocol, settings }: BackboneDescription): string {
  const { published, small } = settings;
  const columns = [
    { title: 'Step' },
    { title: 'From' },
    { title: 'Published' },
    { title: 'Small' },
    { title: 'Weights' },
    { title: 'Parameters', align: 'right' as const },
  ];
  const shapes = new Map(small.steps.map((step) => [step.name, stepShape(step, small.plugIn)]));
  const rows = published.steps.map((step) => [
    step.name,
    step.from.join(', '),
    stepShape(step, published.plugIn),
    shapes.get(step.name) ?? '',
    weightsText(step.weights),
    step.parameters > 0 ? countText(step.parameters) : '',
  ]);
  return [
    `Source: ${source}.`,
    `Training: ${protocolText(protocol)}.`,
    '',
    `- Published: ${settingText(published)}; ${countText(published.parameters)} parameters.`,
    `- Small: ${settingText(small)}; ${countText(small.parameters)} parameters.`,
    '',
    markdownTable(columns, rows),
    ...(published.unread.length > 0 ? ['', `Not read in evaluation: ${weightsText(published.unread)}.`] : []),
  ].join('\n');
}
