import { writeAtomic } from '../files/write-atomic.js';
import type { Claim, ClaimRecord, Finding } from './claim.js';

/** Where the recorded finding of a claim lies: beside it. */
export function recordPath(claim: Pick<Claim, 'path'>): string {
  return claim.path.replace(/\.py$/, '.json');
}

/** Keep a finding as the recorded one of its claim, for whoever has no checkout. */
export function writeRecord(claim: Claim, { verdict, why, evidence, versions }: Finding): void {
  const command = `concord audit ${claim.paper} --published <folder> --record`;
  const record: ClaimRecord = { command, verdict, why, evidence, versions };
  writeAtomic(recordPath(claim), `${JSON.stringify(record, null, 2)}\n`);
}
