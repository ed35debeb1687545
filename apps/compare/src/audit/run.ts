import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutState, type CheckoutState } from './checkoutState.js';
import type { AskedClaim } from './claimEngine.js';
import type { Checkout, Claim, Listing, Problem } from './claim.js';
import { choosePapers, listClaims } from './listClaims.js';
import type { AuditOptions, RunAudit } from './options.js';
import { writeRecord } from './record.js';
import { summarize, type ClaimResult } from './report.js';
import type { RunOfClaim } from './runClaim.js';

/**
 * Run the claims of some papers, each in a process of its own, and say of each what the verdict rests on.
 *
 * @throws Error for a paper that there is not. What is wrong with a claim or a checkout is in the report.
 */
export const runAudit: RunAudit = async (options, progress) => {
  const begun = Date.now();
  const listing = choosePapers(await listClaims(options.claims), options.papers);
  const checkouts = checkoutsOf(listing);
  const before = await Promise.all(checkouts.map((one) => checkoutState(options.published, one)));
  const problems = [...listing.problems, ...refusals(before, options)];
  const states = new Map(before.map((state) => [state.name, state]));
  const results = new Map<string, ClaimResult>();
  const tell = (result: ClaimResult) => {
    results.set(result.id, result);
    progress(result, results.size, listing.claims.length);
  };
  const open: AskedClaim[] = [];
  for (const claim of listing.claims) {
    const needed = needs(claim).map((name) => states.get(name)!);
    const settled = withoutRun(claim, needed, options, problems);
    if (settled) tell(settled);
    else open.push({ claim, checkouts: needed });
  }
  await options.engine.run(open, {
    ...{ limitSeconds: options.limitSeconds, signal: options.signal },
    ...(options.published !== undefined && { published: options.published }),
    hear(claim, outcome, seconds) {
      if ('refused' in outcome) {
        problems.push({ where: claim.id, problem: outcome.refused });
        return tell(finish(claim, 'refused', notRun(outcome.refused)));
      }
      if (options.record && !outcome.stopped) writeRecord(claim, outcome);
      tell(finish(claim, 'run', outcome, seconds));
    },
  });
  const claims = listing.claims.map(({ id }) => results.get(id)!);
  problems.push(...(await touched(before, options)));
  return {
    schema: 'concord-audit/1',
    command: options.command,
    date: new Date(begun).toISOString(),
    papers: Object.fromEntries(Object.entries(listing.papers).map(([name, { title }]) => [name, title])),
    checkouts: before,
    claims,
    problems,
    summary: summarize(claims, (Date.now() - begun) / 1000),
  };
};

/** Checkouts that the chosen claims read, each once. */
function checkoutsOf({ papers, claims }: Listing): Checkout[] {
  const read = new Set(claims.flatMap(needs));
  const all = Object.values(papers).flatMap(({ checkouts }) => checkouts);
  return [...new Map(all.map((one) => [one.name, one])).values()].filter(({ name }) => read.has(name));
}

function isUsable({ state }: CheckoutState, { changed }: AuditOptions): boolean {
  return state === 'as pinned' || (changed && state !== 'absent');
}

/** One problem for each checkout that is here and not what was read. */
function refusals(states: readonly CheckoutState[], options: AuditOptions): Problem[] {
  return states
    .filter((state) => state.state !== 'absent' && !isUsable(state, options))
    .map(({ name, source, commit, state, found, changed }) => {
      const what = {
        'at another commit': `is at ${found?.slice(0, 7)}; run git checkout ${commit} there`,
        changed: `differs from ${commit} in ${changed.slice(0, 3).join(', ')}${changed.length > 3 ? ` and ${changed.length - 3} more` : ''}`,
        'of unknown commit': `its commit cannot be read; clone ${source} there at ${commit}`,
      }[state as string];
      return { where: name, problem: `${what}. Its claims were not run; --changed runs them all the same` };
    });
}

/** Names of the checkouts that a claim reads. */
function needs({ reads }: Claim): string[] {
  return [...new Set(reads.map((path) => path.split('/')[0]!))];
}

/** The result of a claim that is not run, recorded or refused; undefined for one that is. */
function withoutRun(
  claim: Claim,
  needed: readonly CheckoutState[],
  options: AuditOptions,
  problems: Problem[],
): ClaimResult | undefined {
  const refused = needed.find((state) => state.state !== 'absent' && !isUsable(state, options));
  if (refused) {
    return finish(claim, 'refused', notRun(`its checkout ${refused.name} is ${refused.state}`));
  }
  const absent = needed.filter(({ state }) => state === 'absent').map(({ name }) => name);
  if (absent.length > 0) return recorded(claim, absent);
  const missing = claim.reads.filter((path) => !existsSync(join(options.published!, path)));
  if (missing.length > 0) {
    problems.push({
      where: claim.id,
      problem: `${missing.join(', ')} is not in the checkout (a partial clone?)`,
    });
    return finish(claim, 'refused', notRun(`${missing.join(', ')} is not in the checkout`));
  }
  return undefined;
}

function notRun(why: string): RunOfClaim {
  return { verdict: 'cannot be tested here', why, evidence: [], versions: {}, stopped: false };
}

/** What was found when somebody had the checkout. */
function recorded(claim: Claim, absent: readonly string[]): ClaimResult {
  const without = `no checkout of ${absent.join(', ')} was given`;
  if (claim.record === null) {
    return finish(claim, 'refused', notRun(`${without}, and nothing was recorded`));
  }
  const { verdict, why, evidence, versions } = claim.record;
  return finish(claim, 'recorded', { verdict, why, evidence, versions, stopped: false });
}

function finish(claim: Claim, basis: ClaimResult['basis'], run: RunOfClaim, seconds = 0): ClaimResult {
  const { path: _path, record: _record, ...stated } = claim;
  const differs = basis === 'run' && (run.stopped || run.verdict !== claim.recorded);
  return { ...stated, ...run, basis, differs, seconds };
}

/** Checkouts that are not what they were before the claims ran. */
async function touched(before: readonly CheckoutState[], { published }: AuditOptions): Promise<Problem[]> {
  const after = await Promise.all(before.map((state) => checkoutState(published, state)));
  return before.flatMap(({ name, digest }, i) =>
    after[i]!.digest === digest
      ? []
      : [{ where: name, problem: 'was changed while its claims ran; clone it again, and mend the claim' }],
  );
}
