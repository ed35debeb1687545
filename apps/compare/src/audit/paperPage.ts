import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workspaceRoot } from '@concord/baselines';
import type { Claim, Listing } from './claim.js';
import { claimSection, document, verdictTable } from './markdown.js';

/** The command that makes the page of a paper again. */
export const pageCommand = (paper: string): string =>
  `npx concord audit page ${paper} > docs/audits/${paper}.md`;

/**
 * The documentation's page of a paper: what was claimed, what was run, the verdicts, what could not be tested.
 *
 * @throws Error naming a claim that has no recorded finding.
 */
export async function paperPage(paper: string, { papers, claims }: Listing): Promise<string> {
  const { title, introduction, checkouts } = papers[paper]!;
  const told = claims.filter((claim) => claim.paper === paper).map(withRecord);
  const read = checkouts.map(({ name, source, commit }) => `${name} is ${source}@${commit}`).join('; ');
  const untested = told.filter(({ verdict }) => verdict === 'cannot be tested here');
  const page = document([
    `# ${title}`,
    `${introduction} ${read.charAt(0).toUpperCase()}${read.slice(1)}.`,
    `This page is written by \`${pageCommand(paper)}\` from the claims and the findings that were recorded of them; ` +
      `\`npx concord audit ${paper} --published <folder>\` runs them again. How an audit works: [Audit](../audit.md).`,
    verdictTable(told),
    ...(untested.length > 0
      ? [
          '## What could not be tested',
          untested.map(({ id, why }) => `- ${id.split('/')[1]}: ${why}`).join('\n'),
        ]
      : []),
    '## Claims',
    ...told.flatMap((claim) => claimSection(claim, 3)),
  ]);
  return formatted(page);
}

function withRecord(claim: Claim) {
  if (claim.record === null) {
    throw new Error(
      `${claim.id}: nothing was recorded; run concord audit ${claim.paper} --published <folder> --record`,
    );
  }
  const { verdict, why, evidence } = claim.record;
  return { ...claim, verdict, why, evidence };
}

/** As this repository formats its pages. Prettier is a tool of the workspace, not of this program. */
async function formatted(page: string): Promise<string> {
  const { format, resolveConfig } = await import('prettier');
  const file = join(workspaceRoot(), 'docs', 'audits', 'page.md');
  const options = await resolveConfig(pathToFileURL(file).pathname);
  return format(page, { ...options, parser: 'markdown' });
}
