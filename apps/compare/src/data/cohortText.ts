import Table from 'cli-table3';
import type { CohortDescription } from './describe.js';

/** A cohort for the terminal: what it holds, who fell out, what there is to know. */
export function cohortText(one: CohortDescription): string {
  const { followUp, medianSurvival, tokens, bins, features, siteConfounding: site } = one;
  const said = Object.entries(one.attributes).filter(([, share]) => share > 0);
  const facts = new Table({ style: { head: [], border: [] } });
  facts.push(
    ['cases', one.cases],
    ['events', `${one.events} (${percent(one.events, one.cases)})`],
    ['slides', one.slides],
    ['follow-up', `median ${months(followUp.median)}, longest ${months(followUp.longest)}`],
    ['median survival', medianSurvival === null ? 'not reached' : months(medianSurvival)],
    ['genes', `${one.genes} in ${one.pathways} pathways`],
    [
      'tokens of a bag',
      `${tokens.smallest} to ${tokens.largest}, median ${tokens.median}; ${tokens.width} wide`,
    ],
    [
      'time bins',
      bins.edges.map((edge) => edge.toFixed(1)).join(' · ') + ` months; ${bins.cases.join(', ')} cases`,
    ],
    [
      'sites',
      `${one.sites.length}; the largest: ${one.sites
        .slice(0, 3)
        .map((largest) => `${largest.site} ${largest.cases}`)
        .join(', ')}`,
    ],
    [
      'site and outcome',
      `Cramér's V ${site.event.toFixed(2)} with the event, ${site.bin.toFixed(2)} with the time bin` +
        (features.siteShare === undefined
          ? ''
          : `; ${percent(Math.max(0, features.siteShare), 1)} of what differs between cases' features`),
    ],
    [
      'described by',
      said.map(([name, share]) => `${name} ${percent(share, 1)}`).join(', ') || 'nothing but follow-up',
    ],
    [
      'features',
      `${features.channels.length} channels over ${features.patches} patches, ${features.constant.length} of them constant`,
    ],
  );
  const chain = one.attrition.map(({ step, kept, dropped }) => {
    const names = dropped.slice(0, 4).join(', ') + (dropped.length > 4 ? ', …' : '');
    return `  ${String(kept).padStart(6)}  ${step}${dropped.length ? `   −${dropped.length}: ${names}` : ''}`;
  });
  const made = one.synthetic.length ? [`SYNTHETIC: ${one.synthetic.join(', ')}`] : [];
  const findings = one.findings.map(({ title, detail }) => `  ${title}${detail && `. ${detail}`}`);
  const leaks = one.leaks.map(({ split, title }) => `  ${split}: ${title}`);
  return [
    `${one.name}`,
    ...made,
    facts.toString(),
    'Cases that are left after each join',
    ...chain,
    ...(one.overlap.length ? ['Pathways of which least was measured', ...leastMeasured(one)] : []),
    ...(findings.length ? ['To know', ...shortened(findings)] : []),
    ...(leaks.length ? ['LEAKAGE: validation is not held out', ...leaks] : []),
  ].join('\n');
}

function leastMeasured({ overlap }: CohortDescription): string[] {
  return [...overlap]
    .sort((a, b) => a.measured / a.asked - b.measured / b.asked || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name, asked, measured }) => `  ${measured} of ${asked} genes  ${name}`);
}

/** The first lines; JSON and the page have all. */
function shortened(lines: readonly string[]): string[] {
  return lines.length <= 6
    ? [...lines]
    : [...lines.slice(0, 6), `  … and ${lines.length - 6} more (--json, --report)`];
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(0)} %`;
}

function months(value: number): string {
  return `${value.toFixed(1)} months`;
}
