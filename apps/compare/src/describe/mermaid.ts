import type { BackboneDescription } from './describeBackbone.js';
import { PLUG_IN } from './steps.js';
import { countText, shapeText, stepShape } from './words.js';

/** A backbone at its published setting as a Mermaid flowchart: inputs round, the plug-in point six-sided. */
export function describeAsMermaid({ settings }: BackboneDescription): string {
  const { steps, plugIn, genes, patches, patchWidth } = settings.published;
  const inputs = { genes: [genes], patches: [patches, patchWidth] };
  const ids = new Map(
    [...Object.keys(inputs), ...steps.map(({ name }) => name)].map((name, i) => [name, `n${i}`]),
  );
  const used = new Set(steps.flatMap(({ from }) => from));
  const nodes = [
    ...Object.entries(inputs)
      .filter(([name]) => used.has(name))
      .map(([name, shape]) => `${ids.get(name)}(["${name}<br/>${shapeText(shape)}"])`),
    ...steps.map((step) => {
      const parameters = step.parameters > 0 ? [`${countText(step.parameters)} parameters`] : [];
      const label = [step.name, stepShape(step, plugIn), ...parameters].join('<br/>');
      const id = ids.get(step.name)!;
      return step.name === PLUG_IN ? `${id}{{"${label}"}}` : `${id}["${label}"]`;
    }),
  ];
  const edges = steps.flatMap(({ name, from }) =>
    from.filter((one) => ids.has(one)).map((one) => `${ids.get(one)} --> ${ids.get(name)}`),
  );
  return ['flowchart TD', ...[...nodes, ...edges].map((line) => `  ${line}`)].join('\n');
}
