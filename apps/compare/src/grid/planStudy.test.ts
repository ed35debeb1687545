import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StudyFlags } from '../commands/studyFlags.js';
import type { Study } from '../crosscancer/studyFile.js';
import { hashOf } from '../train/cellSpec.js';
import { INPUTS_SCHEMA, inputsHash } from './cellInputs.js';
import type { AskedCell } from './engine.js';
import { GridFolder, inputsPath } from './gridFolder.js';
import { planStudy, type StalePolicy } from './planStudy.js';

const asked = { flags: { cohort: 'blca' } as StudyFlags, cwd: '/' };

let folder: GridFolder;
beforeEach(() => void (folder = new GridFolder(mkdtempSync(join(tmpdir(), 'concord-plan-')))));
afterEach(() => rmSync(folder.study, { recursive: true, force: true }));

function study(epochs: number): Study {
  const lists = { cohorts: [], sources: [], targets: [], backbones: [], modules: [], seeds: [], heldOut: [] };
  return { schema: 'concord.study/1', epochs, ...lists } as unknown as Study;
}

function cell(name: string, epochs = 1, training = 'a'): AskedCell {
  return {
    spec: { backbone: 'mlpomics' } as AskedCell['spec'],
    folder: `cells/mlpomics/plain/blca/${name}`,
    inputs: { schema: INPUTS_SCHEMA, config: { training: { epochs } }, code: { training } },
  };
}

/** As a worker leaves it behind. */
function finish({ folder: place, inputs }: AskedCell): void {
  const write = (path: string, value: object) => {
    mkdirSync(dirname(join(folder.study, path)), { recursive: true });
    writeFileSync(join(folder.study, path), JSON.stringify(value));
  };
  write(inputsPath(place), inputs);
  write(`${place}/config.json`, inputs.config);
  write(`${place}/result.json`, { hash: hashOf(inputs.config), seconds: 1 });
}

function plan(cells: readonly AskedCell[], policy: StalePolicy, again = false, epochs = 1) {
  return planStudy(folder, study(epochs), asked, cells, policy, again);
}

describe('planStudy', () => {
  it('leaves what is done, and takes what is missing', () => {
    const [done, missing] = [cell('seed1-fold0'), cell('seed2-fold0')];
    finish(done);
    expect(plan([done, missing], 'run')).toEqual({ missing: [missing], failedBefore: [], notes: [] });
    expect(folder.asked()).toEqual([asked]);
  });

  it('computes anew what other code made, and only that, with the old results aside', () => {
    const [same, other] = [cell('seed1-fold0'), cell('seed2-fold0')];
    finish(same);
    finish(other);
    const changed = cell('seed2-fold0', 1, 'b');
    const { missing, notes } = plan([same, changed], 'run');
    expect(missing).toEqual([changed]);
    expect(notes).toEqual([
      expect.stringMatching(/^1 results are of other inputs \(code\.training\): they are/),
    ]);
    expect(existsSync(join(folder.study, other.folder))).toBe(false);
    expect(existsSync(folder.replaced)).toBe(true);
  });

  it('keeps results of other code where it is told to, and says so', () => {
    finish(cell('seed1-fold0'));
    for (const policy of ['keep', 'refuse'] as const) {
      const { missing, notes } = plan([cell('seed1-fold0', 1, 'b')], policy);
      expect(missing).toEqual([]);
      expect(notes[0]).toContain('they are left as they are');
    }
  });

  it('refuses another configuration where results are not to be replaced', () => {
    finish(cell('seed1-fold0'));
    expect(() => plan([cell('seed1-fold0', 2)], 'refuse')).toThrow(
      /seed1-fold0\/result\.json is a result of another configuration; give this study another --out/,
    );
  });

  it('puts aside all of another study, cells that nobody asks for included', () => {
    const [before, stranger] = [cell('seed1-fold0'), cell('seed9-fold0')];
    finish(before);
    finish(stranger);
    plan([before, stranger], 'run');
    const { missing, notes } = plan([cell('seed1-fold0', 2)], 'run', false, 2);
    expect(missing).toHaveLength(1);
    expect(notes).toContain('1 cells of the study that was here before were put aside');
    expect(existsSync(join(folder.study, stranger.folder))).toBe(false);
  });

  it('leaves out what the trainer refused with the same inputs, and nothing else', () => {
    const cells = [cell('seed1-fold0'), cell('seed2-fold0'), cell('seed3-fold0')];
    const record = (one: AskedCell) => ({ reason: '', attempts: 1, inputs: inputsHash(one.inputs) });
    folder.writeFailure(cells[0]!.folder, { kind: 'program', ...record(cells[0]!) });
    folder.writeFailure(cells[1]!.folder, { kind: 'system', ...record(cells[1]!) });
    folder.writeFailure(cells[2]!.folder, { kind: 'program', ...record(cell('other', 5)) });
    expect(plan(cells, 'run').missing).toEqual([cells[1], cells[2]]);
    expect(plan(cells, 'run', true).missing).toEqual(cells);
  });
});
