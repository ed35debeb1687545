import { runPython } from '@concord/baselines';
import type { Listing } from './claim.js';

/**
 * The claims of a folder; without one, those that come with this program. A broken file is a problem of the
 * listing, not an error.
 */
export async function listClaims(folder?: string): Promise<Listing> {
  const where = folder === undefined ? [] : ['--claims', folder];
  const { stdout } = await runPython(['-m', 'concord_bridge.audit', 'list', ...where]);
  return JSON.parse(stdout) as Listing;
}

/**
 * A listing of some papers only.
 *
 * @param papers none means all.
 * @throws Error naming a paper that there is not, and those that there are.
 */
export function choosePapers(listing: Listing, papers: readonly string[]): Listing {
  if (papers.length === 0) return listing;
  const known = Object.keys(listing.papers);
  const unknown = papers.filter((paper) => !known.includes(paper));
  if (unknown.length > 0) {
    throw new Error(`there is no audit of ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  }
  return {
    papers: Object.fromEntries(papers.map((paper) => [paper, listing.papers[paper]!])),
    claims: listing.claims.filter(({ paper }) => papers.includes(paper)),
    problems: listing.problems.filter(({ where }) => papers.includes(where.split('/')[0]!)),
  };
}
