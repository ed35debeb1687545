import * as Plot from '@observablehq/plot';
import { draw } from '../../../html/draw.js';
import type { Markup } from '../../../html/markup.js';
import type { Method } from '../method.js';

/** What a learning curve shows. */
export type Curve = 'loss' | 'validationLoss' | 'validationCindex';

const NAMES: Readonly<Record<Curve, string>> = {
  loss: 'training loss',
  validationLoss: 'validation loss',
  validationCindex: 'validation C-index',
};

/** Colours and dashes of methods: four colours told apart without red and green, then the same ones dashed. */
export function strokeOf(index: number): { readonly colour: string; readonly dash: string } {
  const colours = ['var(--ts)', 'var(--torch)', 'var(--published)', 'var(--limit)'];
  return { colour: colours[index % 4]!, dash: ['none', '6 3', '2 3'][Math.floor(index / 4) % 3]! };
}

/** One quantity over epochs, the mean over runs, a line a method; nothing where no run wrote it down. */
export function learningChart(methods: readonly Method[], curve: Curve, backbone: string): Markup | false {
  const lines = methods.map((method, i) => ({ method, ...strokeOf(i), points: meanCurve(method, curve) }));
  const drawn = lines.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return false;
  const said = drawn.map(({ method, points }) => {
    const [first, last] = [points[0]!.value, points.at(-1)!.value];
    return `${method.name} from ${first.toFixed(3)} to ${last.toFixed(3)}`;
  });
  return draw({
    width: 480,
    height: 230,
    marginLeft: 48,
    ariaLabel: `Learning curves of ${backbone}, ${NAMES[curve]}: ${said.join('; ')}.`,
    x: { label: 'epoch', labelArrow: 'none', tickFormat: 'd', interval: 1 },
    y: { label: NAMES[curve], labelArrow: 'none', grid: true },
    marks: drawn.flatMap(({ points, colour, dash }) => [
      Plot.lineY(points, { x: 'epoch', y: 'value', stroke: colour, strokeDasharray: dash, strokeWidth: 2 }),
      Plot.dot(points.length === 1 ? points : [], { x: 'epoch', y: 'value', fill: colour }),
    ]),
  });
}

function meanCurve({ cells }: Method, curve: Curve): { epoch: number; value: number }[] {
  const byEpoch = new Map<number, number[]>();
  for (const row of cells.flatMap((cell) => cell.curve)) {
    const value = row[curve];
    if (value !== undefined && Number.isFinite(value)) {
      byEpoch.set(row.epoch, [...(byEpoch.get(row.epoch) ?? []), value]);
    }
  }
  return [...byEpoch]
    .map(([epoch, values]) => ({ epoch, value: values.reduce((sum, one) => sum + one, 0) / values.length }))
    .sort((a, b) => a.epoch - b.epoch);
}
