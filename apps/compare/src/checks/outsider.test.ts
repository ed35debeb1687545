import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outsiderRun, writeOutsiderRun } from '../judgedRun/outsiderRun.testing.js';
import { CHECKS } from './checks.js';
import { OUTSIDER_MUTANTS } from './outsider.mutants.testing.js';
import { runChecks } from './runChecks.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-checks-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function foundIn(place: string): Promise<string[]> {
  const { checks } = await runChecks(place);
  return checks.filter(({ verdict }) => verdict === 'found').map(({ id }) => id);
}

describe("the checks of an outsider's folder", () => {
  it('are seventeen, each with its effect and a remedy', () => {
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(17);
    for (const { mistake, effect, remedy } of CHECKS) {
      for (const text of [mistake, effect, remedy]) expect(text).toMatch(/^\S.*\.$/);
    }
  });

  it('find nothing in a sound run, and can judge all of it', async () => {
    writeOutsiderRun(folder, outsiderRun());
    const { checks, unused } = await runChecks(folder);
    expect(checks.map(({ id, verdict, why }) => [id, verdict, why])).toEqual(
      checks.map(({ id, why }) => [id, 'not found', why]),
    );
    expect(unused).toEqual([]);
  });

  it('have a mutant each', () => {
    expect(new Set(OUTSIDER_MUTANTS.map(({ id }) => id))).toEqual(new Set(CHECKS.map(({ id }) => id)));
  });

  it.each(OUTSIDER_MUTANTS)('find $id: $name', async ({ id, make, also = [] }) => {
    writeOutsiderRun(folder, outsiderRun());
    make(folder);
    expect((await foundIn(folder)).sort()).toEqual([id, ...also].sort());
  });
});
