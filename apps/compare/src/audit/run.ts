import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutState, type CheckoutState } from './checkoutState.js';
import type { Checkout, Claim, Listing, Problem } from './claim.js';
import { choosePapers, listClaims } from './listClaims.js';
import type { AuditOptions, AuditProgress, RunAudit } from './options.js';
import { writeRecord } from './record.js';
import { summarize, type ClaimResult } from './report.js';
import { runClaim, type RunOfClaim } from './runClaim.js';

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
  const claims = await inParallel(listing.claims, options.jobs, async (claim) =>
    resultOf(claim, states, options, problems),
  )(progress);
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
  const read = new Set(claims.flatMap(({ reads }) => reads.map((path) => path.split('/')[0]!)));
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

/** A claim's result: run, recorded or refused. */
async function resultOf(
  claim: Claim,
  states: ReadonlyMap<string, CheckoutState>,
  options: AuditOptions,
  problems: Problem[],
): Promise<ClaimResult> {
  const needed = [...new Set(claim.reads.map((path) => path.split('/')[0]!))].map((name) =>
    states.get(name)!,
  );
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
  const begun = Date.now();
  const run = await runClaim(claim, options);
  if (options.record && !run.stopped) writeRecord(claim, run);
  return finish(claim, 'run', run, (Date.now() - begun) / 1000);
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

/** Do many things, a few at a time; results stand in the order of the items, progress in that of their ends. */
function inParallel(
  items: readonly Claim[],
  jobs: number,
  work: (claim: Claim) => Promise<ClaimResult>,
): (progress: AuditProgress) => Promise<ClaimResult[]> {
  return async (progress) => {
    const results: ClaimResult[] = [];
    let [next, done] = [0, 0];
    const worker = async () => {
      for (let i = next++; i < items.length; i = next++) {
        results[i] = await work(items[i]!);
        progress(results[i]!, ++done, items.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
    return results;
  };
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
