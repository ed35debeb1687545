import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@concord/baselines';
import { writeAtomic } from '../files/write-atomic.js';

/** Where the claims of this workspace lie. */
export const CLAIMS_FOLDER = 'python-bridge/src/concord_bridge/audit/claims';

/**
 * Write a claim that runs, to be edited; and the paper's description where it is the first one.
 *
 * @param id `<paper>/<claim>`, small letters, digits and dashes.
 * @param folder of claims; by default this workspace's.
 * @returns the files that were written.
 * @throws Error for an id that is none, or one that is taken.
 */
export function newClaim(id: string, folder = join(workspaceRoot(), CLAIMS_FOLDER)): string[] {
  const [, paper, name] = /^([a-z][a-z0-9-]*)\/([a-z][a-z0-9-]*)$/.exec(id) ?? [];
  if (!paper || !name) {
    throw new Error(`${id}: expected <paper>/<claim>, both of small letters, digits and dashes`);
  }
  const path = join(folder, paper, `${name.replaceAll('-', '_')}.py`);
  if (existsSync(path)) throw new Error(`${id}: there is a claim of that name, ${path}`);
  const about = join(folder, paper, 'paper.json');
  const written = [path];
  if (!existsSync(about)) {
    writeAtomic(about, PAPER);
    written.unshift(about);
  }
  writeAtomic(path, CLAIM);
  return written;
}

const PAPER = `{
  "title": "Title of the paper (venue, year)",
  "introduction": "What the paper offers, and what of it was read and run.",
  "checkouts": [{ "name": "Folder", "source": "owner/name", "commit": "0000000" }]
}
`;

const CLAIM = `"""What the claim is about, in a few words."""

from __future__ import annotations

from concord_bridge.audit.checkouts import Checkouts
from concord_bridge.audit.claim import Claim
from concord_bridge.audit.evidence import Finding, cannot

CLAIM = Claim(
    sentence="One sentence that is true or false.",
    kind="code",
    source="owner/name@0000000, file.py, line 1",
    recorded="cannot be tested here",
    meaning="What the verdict implies, and what it does not.",
    reads=(),
)


def check(at: Checkouts) -> Finding:
    """Load what the sentence is about with at.load, run it, and decide."""
    return cannot("the check is not written yet")
`;
