import { formatC } from '../crosscancer/report/headline.js';
import { formatPlural } from '../parity/format.js';
import type { Explanation, MadeDifference, Part, SideOfExplanation } from './explanation.js';

/** `+0.030`, `−0.004`, `0.000`. */
export function signed(value: number): string {
  const text = formatC(value);
  if (/^−?0\.000$/.test(text)) return '0.000';
  return value > 0 ? `+${text}` : text;
}

/** The same, or a dash where it cannot be computed. */
export function signedOrDash(value: number | null): string {
  return value === null ? '–' : signed(value);
}

/** `−0.055 to +0.031`, or a dash where nothing was resampled. */
export function intervalInWords({ chance }: Pick<Part, 'chance'>): string {
  return chance ? `${signed(chance.lower)} to ${signed(chance.upper)}` : '–';
}

/** What a part is worth, in a few words. */
export function worthInWords({ chance, share }: Pick<Part, 'chance' | 'share'>): string {
  if (share === 0) return 'moves nothing';
  if (!chance) return 'not resampled';
  return `${chance.belowNoise ? 'below noise' : 'above noise'} (resolution ${formatC(chance.smallest)})`;
}

/** `blca, test: 60 cases, 22 events, C 0.652`. */
export function sideInWords({ judged, cases, events, cindex, reported }: SideOfExplanation): string {
  const counts = `${judged === '' ? '' : `${judged}: `}${formatPlural(cases, 'case')}, ${formatPlural(events, 'event')}`;
  const c = cindex === null ? 'no C-index' : `C ${formatC(cindex)}`;
  return reported === null ? `${counts}, ${c}` : `${counts}, ${c}, reported ${formatC(reported)}`;
}

/** `7 → 8`. */
export function valuesInWords({ a, b }: MadeDifference): string {
  return `${a ?? 'not set'} → ${b ?? 'not set'}`;
}

/** What stands behind other risks, and how one finds out what it moves. */
export function needInWords({ command, of, trained }: MadeDifference): string {
  if (trained) {
    return `trained: alone ${signedOrDash(trained.alone)}, taken back ${signedOrDash(trained.last)}`;
  }
  if (command === undefined) return 'needs a run of the program that made it';
  return `needs a run, ${of} with this changed: ${command}`;
}

/** Why the parts do not each move what they move alone. */
export function interactionInWords({
  interaction,
  difference,
  parts,
}: Pick<Explanation, 'interaction' | 'difference' | 'parts'>): string {
  if (parts.length < 2) return '';
  if (interaction === null) {
    return 'What cannot be made alone has a dash: a case has no risk in the run that did not judge it.';
  }
  if (Math.abs(interaction) < 0.0005) return 'Each moves the same alone and together with the others.';
  return (
    `Made alone, they add up to ${signed(difference - interaction)}. What is left to ${signed(difference)}, ` +
    `${signed(interaction)}, is their interaction: the shares divide it up.`
  );
}
