import { formatC } from '../crosscancer/report/headline.js';
import type { Explanation, Part } from './explanation.js';

/** Parts that the first sentence names. */
const NAMED = 3;

/** Smallest part that is worth a word of the first sentence. */
const WORTH = 0.0005;

/** Why two C-indices differ, in a sentence or two: the first that a reader sees. */
export function headlineOf({
  status,
  a,
  b,
  difference,
  parts,
  open,
  made,
  harmless,
}: Omit<Explanation, 'headline'>): string {
  if (status === 'equal')
    return `Nothing differs: ${sizeOf(a.cindex)} both times, of the same ${a.cases} cases.`;
  const [from, to] = [a.reported ?? a.cindex, b.reported ?? b.cindex];
  if (from === null || to === null)
    return `There is nothing to explain: ${open[0] ?? 'a C-index is missing'}.`;
  const figures = `${sizeOf(to)} against ${sizeOf(from)}`;
  const moving = parts.filter(({ share }) => Math.abs(share) >= WORTH);
  if (Math.abs(difference) < WORTH) {
    if (moving.length > 0)
      return `A and B come out the same, ${figures}, but not for want of differences: ${named(moving)}.`;
    const others = parts.length + made.length + harmless.length;
    return `A and B come out the same, ${figures}; ${others} ${others === 1 ? 'difference moves' : 'differences move'} nothing.`;
  }
  const way = difference > 0 ? 'higher' : 'lower';
  return `B is ${formatC(Math.abs(difference))} ${way}: ${figures}. ${moving.length > 0 ? `${named(moving)}.` : 'No difference of the folders moves it.'}`;
}

function named(parts: readonly Part[]): string {
  const shown = parts.slice(0, NAMED).map(({ share, words }) => `${signed(share)} because ${words}`);
  const rest = parts.slice(NAMED).reduce((sum, { share }) => sum + share, 0);
  const more = parts.length > NAMED ? [`${signed(rest)} by ${parts.length - NAMED} more`] : [];
  return [...shown, ...more].join('; ');
}

function sizeOf(cindex: number | null): string {
  return cindex === null ? 'no C-index' : formatC(cindex);
}

/** `+0.030`, `−0.004`, `0.000`. */
export function signed(value: number): string {
  const text = formatC(value);
  if (/^−?0\.000$/.test(text)) return '0.000';
  return value > 0 ? `+${text}` : text;
}
