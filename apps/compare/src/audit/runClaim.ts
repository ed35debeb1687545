import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PythonProcessError, runPython } from '@concord/baselines';
import type { Claim, Finding } from './claim.js';

/** A finding, and whether the check broke off before it came to one. */
export interface RunOfClaim extends Finding {
  readonly stopped: boolean;
}

/** Where and how long a check may run. */
export interface RunClaimOptions {
  /** Folder of the checkouts; none where the claim reads none. */
  readonly published?: string;
  readonly limitSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * Run a claim's check in a process of its own. Whatever ends that process is a verdict: an exception, a signal, a
 * call of exit, the end of its time.
 */
export async function runClaim(claim: Claim, options: RunClaimOptions): Promise<RunOfClaim> {
  const folder = mkdtempSync(join(tmpdir(), 'concord-claim-'));
  const out = join(folder, 'finding.json');
  try {
    const where = ['--published', options.published ?? folder, '--out', out];
    await runPython(['-m', 'concord_bridge.audit', 'run', claim.path, ...where], {
      cwd: folder,
      timeoutMs: options.limitSeconds * 1000,
      signal: options.signal,
    });
    return JSON.parse(readFileSync(out, 'utf8')) as RunOfClaim;
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof PythonProcessError) && (error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw error;
    const why = error instanceof PythonProcessError ? error.ending : 'its process ended without a finding';
    const said = error instanceof PythonProcessError ? error.log : '';
    return stoppedBecause(why, said);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The finding of a check that broke off. @param said the last that it said. */
export function stoppedBecause(why: string, said = ''): RunOfClaim {
  return {
    verdict: 'cannot be tested here',
    why: `the check stopped: ${why}`,
    evidence: said.trim() === '' ? [] : [{ name: 'the last that it said', text: said }],
    versions: {},
    stopped: true,
  };
}
