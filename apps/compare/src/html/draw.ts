import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Markup } from './markup.js';

// linkedom's types name the browser's Document, which a Node project does not have.
const page = parseHTML('<!doctype html><html><body></body></html>') as unknown as { document: never };

/** What a plot is once it is drawn, as far as it is used here. */
interface Drawn {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

/** A plot as SVG that any browser shows, made without one. Give it an `ariaLabel`: that is its alternative text. */
export function draw(options: Plot.PlotOptions): Markup {
  const style = { fontSize: '11px' } as never;
  const svg = Plot.plot({ ...options, document: page.document, style }) as unknown as Drawn;
  svg.setAttribute('role', 'img');
  return new Markup(svg.outerHTML);
}

/** Powers of ten within a range, at most seven of them. */
export function decades([low, high]: readonly [number, number]): number[] {
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
  const every = Math.max(1, Math.ceil((last - first + 1) / 7));
  const count = Math.max(0, Math.floor((last - first) / every) + 1);
  return Array.from({ length: count }, (_, i) => 10 ** (first + i * every));
}

/** 1e-7 -> 10⁻⁷. */
export function power(value: number): string {
  const exponent = String(Math.round(Math.log10(value)));
  return `10${[...exponent].map((sign) => SUPERSCRIPTS.get(sign)).join('')}`;
}

const SUPERSCRIPTS = new Map([...'-0123456789'].map((sign, i) => [sign, [...'⁻⁰¹²³⁴⁵⁶⁷⁸⁹'][i]!]));
