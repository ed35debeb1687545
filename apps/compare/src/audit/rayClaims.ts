import { createHash } from 'node:crypto';
import { isAbsolute, relative } from 'node:path';
import { workspaceRoot } from '@concord/baselines';
import { RETRIES } from '../grid/engine.js';
import { driveRay, type DriverJob } from '../grid/rayDriver.js';
import type { AskedClaim, ClaimEngine, ClaimsRun } from './claimEngine.js';
import type { ClaimAnswer, ClaimRequest } from './claimProcess.js';
import { stoppedBecause } from './runClaim.js';

/** What Ray is asked for. */
export interface RayClaimsOptions {
  /** Of a cluster that runs; without one Ray starts its own on this machine, for the time of the audit. */
  readonly address?: string;
  /** Claims at once. */
  readonly jobs: number;
}

/** Ray's tasks, each of which starts a claim's process where it runs. Claims and checkouts lie there as they do here. */
export function rayClaims({ address, jobs }: RayClaimsOptions): ClaimEngine {
  return {
    async run(asked, run) {
      if (asked.length === 0) return;
      const settings = {
        ...{ cpusPerRun: 1, gpusPerRun: 0, maxConcurrent: jobs, retries: RETRIES, environment: {} },
        ...(address !== undefined && { address }),
        // The claim's own process is what has a limit: the end of its time is a verdict, not a failure.
        limits: {},
        program: ['node', 'apps/compare/dist/audit/claimProcess.js'],
      };
      await driveRay<ClaimAnswer>(settings, jobsOf(asked, run), run.signal, (event) => {
        if (event.event === 'done') {
          const { outcome, seconds } = event.result;
          run.hear(asked[event.cell]!.claim, outcome, seconds);
        } else if (event.event === 'failed') {
          run.hear(asked[event.cell]!.claim, stoppedBecause(event.reason), 0);
        }
      });
      run.signal.throwIfAborted();
    },
  };
}

function* jobsOf(asked: readonly AskedClaim[], run: ClaimsRun): Generator<DriverJob> {
  for (const [id, { claim, checkouts }] of asked.entries()) {
    const request: ClaimRequest = {
      ...{ claim: { ...claim, path: fromHome(claim.path) }, checkouts, limitSeconds: run.limitSeconds },
      ...(run.published !== undefined && { published: run.published }),
    };
    const key = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    yield { id, key, folder: claim.id, log: 'log.txt', request, keep: false };
  }
}

/** A claim of this checkout lies in that of the node, wherever that is. */
function fromHome(path: string): string {
  const inside = relative(workspaceRoot(), path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}
