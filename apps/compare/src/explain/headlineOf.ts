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
  chance,
}: Omit<Explanation, 'headline'>): string {
  if (status === 'equal')
    return `Nothing differs: ${sizeOf(a.cindex)} both times, of the same ${a.cases} cases.`;
  const [from, to] = [a.reported ?? a.cindex, b.reported ?? b.cindex];
  if (from === null || to === null)
    return `There is nothing to explain: ${open[0] ?? 'a C-index is missing'}.`;
  const figures = `${sizeOf(to)} against ${sizeOf(from)}`;
  const moving = parts.filter(({ share }) => Math.abs(share) >= WORTH);
  const noise = chance?.belowNoise
    ? ` All in all that is below noise: with these cases nothing under ${formatC(chance.smallest)} can be told from none.`
    : '';
  if (Math.abs(difference) >= WORTH) {
    const first = `B is ${formatC(Math.abs(difference))} ${difference > 0 ? 'higher' : 'lower'}: ${figures}`;
    if (moving.length === 0) return `${first}, and nothing in the folders says why.${noise}`;
    if (moving.length === 1) return `${first}, because ${moving[0]!.words}.${noise}`;
    return `${first}. ${capital(named(moving, Math.sign(difference)))}.${noise}`;
  }
  if (moving.length > 0) {
    const way = Math.sign(moving[0]!.share);
    return `A and B come out the same, ${figures}, because differences cancel: ${named(moving, way).replaceAll(' of it', '')}.`;
  }
  const others = parts.length + made.length + harmless.length;
  return `A and B come out the same, ${figures}; ${others} ${others === 1 ? 'difference moves' : 'differences move'} nothing.`;
}

/** `0.030 of it because …; the other way 0.004 because …`, for a difference that goes `way`: 1 or −1. */
function named(parts: readonly Part[], way: number): string {
  const size = (share: number) =>
    `${share * way < 0 ? 'the other way ' : ''}${formatC(Math.abs(share))}${share * way < 0 ? '' : ' of it'}`;
  const shown = parts.slice(0, NAMED).map(({ share, words }) => `${size(share)} because ${words}`);
  const rest = parts.slice(NAMED).reduce((sum, { share }) => sum + share, 0);
  const more = parts.length > NAMED ? [`${size(rest)} by ${parts.length - NAMED} more`] : [];
  return [...shown, ...more].join('; ');
}

function sizeOf(cindex: number | null): string {
  return cindex === null ? 'no C-index' : formatC(cindex);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
