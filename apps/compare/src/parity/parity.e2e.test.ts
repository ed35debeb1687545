import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Ajv } from 'ajv';
import { execa, type ResultPromise } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ParityReport } from './report.js';

const root = join(import.meta.dirname, '../../../..');
const program = join(root, 'apps/compare/dist/main.js');
const tables = join(process.env['CONCORD_TCGA'] ?? join(root, '../shared/tcga'), 'survpath');
const published = process.env['CONCORD_PUBLISHED'];
const schema = JSON.parse(
  readFileSync(join(root, 'apps/compare/schema/parity-1.schema.json'), 'utf8'),
) as object;

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'parity-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Run `concord parity` in the temporary folder. */
function parity(...flags: string[]): ResultPromise<{ reject: false; cwd: string }> {
  return execa('node', [program, 'parity', ...flags], {
    reject: false,
    cwd: folder,
    env: { CONCORD_PUBLISHED: undefined },
  });
}

async function reportOf(...flags: string[]): Promise<ParityReport> {
  const { exitCode, stdout, stderr } = await parity(...flags, '--json', '-');
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as ParityReport;
}

/** Folders of tensors of this machine's bridges. */
function sessions(): string[] {
  return ['/dev/shm', tmpdir()]
    .filter(existsSync)
    .flatMap((base) => readdirSync(base).filter((name) => /^concord-\d/.test(name)));
}

async function workersOf(pid: number): Promise<number[]> {
  const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=,args='], { reject: false });
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, parent, ...words]) => Number(parent) === pid && words.join(' ').includes('python'))
    .map(([id]) => Number(id));
}

/** Resolves when the run says that optimiser steps are under way. */
function untilComputing(run: ResultPromise): Promise<void> {
  return new Promise((resolve) => {
    run.stderr!.on('data', (text: Buffer) => {
      if (text.toString().includes('[1/1]')) resolve();
    });
  });
}

describe('concord parity, both stacks for real', { timeout: 300_000 }, () => {
  it('says SAME, writes a valid report and a tape, and replays it to the same numbers', async () => {
    const flags = ['--module', 'plain,released,extended', '--steps', '7'];
    const report = await reportOf(...flags);
    const validate = new Ajv({ strict: false }).compile(schema);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report.summary).toMatchObject({ status: 'same', failed: 0, notCompared: 0 });
    expect(report.summary.passed).toBeGreaterThan(350);
    expect(report.findings.filter(({ kind }) => kind === 'published-fails').length).toBe(2);
    const again = await reportOf(...flags, '--replay', report.tape.file!);
    expect(again.tape.digest).toBe(report.tape.digest);
    expect(again.subjects.map(({ quantity, errorTs }) => [quantity, errorTs])).toEqual(
      report.subjects.map(({ quantity, errorTs }) => [quantity, errorTs]),
    );
  });

  it('agrees on the wasm backend, and says that it was used', async () => {
    const report = await reportOf('--module', 'described', '--steps', '6', '--backend', 'wasm');
    expect(report.environment.backend).toMatchObject({ name: 'wasm', notNative: 'wasm was asked for' });
  });

  it.skipIf(!published)(
    'has the published class as a witness (skipped without CONCORD_PUBLISHED)',
    async () => {
      const report = await reportOf('--module', 'plain,released', '--steps', '7', '--published', published!);
      const verdicts = report.verdicts.filter(({ witness }) => witness === 'published');
      expect(verdicts.map(({ status }) => status)).toEqual(['same', 'same']);
      const lines = report.findings
        .filter(({ kind }) => kind === 'published-fails')
        .map(({ source }) => source);
      expect(lines.map((source) => source?.split('line ')[1])).toEqual(['143', '83', '49']);
    },
  );

  it.skipIf(!existsSync(tables)).each(['blca', 'stad'])(
    'agrees on the real tables of %s (skipped without them)',
    async (cohort) => {
      const report = await reportOf(
        '--data',
        tables,
        '--cohort',
        cohort,
        '--module',
        'repaired',
        '--steps',
        '2',
      );
      expect(report.data).toMatchObject({
        pathways: 331,
        synthetic: { genes: false, outcomes: false, patches: true },
      });
    },
  );

  it.skipIf(!existsSync(tables))('says in one sentence that brca has no genes there, exit 2', async () => {
    const { exitCode, stderr } = await parity('--data', tables, '--cohort', 'brca');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/no expression table for brca/);
  });

  it('refuses bad input before computing, and leaves nothing half-written', async () => {
    const tape = join(folder, 'tape.safetensors');
    const made = await reportOf('--module', 'plain', '--steps', '1');
    writeFileSync(tape, readFileSync(made.tape.file!));
    const before = readdirSync(join(folder, 'reports/parity')).length;
    const refused = async (words: RegExp, ...flags: string[]) => {
      const { exitCode, stderr } = await parity(...flags);
      expect(stderr).toMatch(words);
      expect(exitCode).toBe(2);
    };
    await refused(/unknown luad; there are: brca, blca, stad, hnsc/, '--cohort', 'luad');
    await refused(
      /holds 1 steps of survpath\.step, this run takes 2/,
      '--module',
      'plain',
      '--steps',
      '2',
      '--replay',
      tape,
    );
    await refused(/step 0 has no draw sdir.mask/, '--module', 'sdir', '--steps', '1', '--replay', tape);
    await refused(
      /draw feedForward.dropout has shape .* this run needs/,
      '--module',
      'plain',
      '--steps',
      '1',
      '--cohort',
      'stad',
      '--seed',
      '8',
      '--replay',
      tape,
    );
    truncateSync(tape, 4000);
    await refused(
      /tape.safetensors: .*(truncated|damaged)/,
      '--module',
      'plain',
      '--steps',
      '1',
      '--replay',
      tape,
    );
    await refused(
      /no checkout of mahmoodlab\/SurvPath/,
      '--module',
      'plain',
      '--steps',
      '1',
      '--published',
      folder,
    );
    expect(readdirSync(join(folder, 'reports/parity')).length).toBe(before);
  });

  it.each(['SIGKILL of the worker', 'Ctrl-C'])(
    'ends with 2 within 5 s of %s, nothing left behind',
    async (how) => {
      const before = new Set(sessions());
      const run = parity('--module', 'described', '--steps', '1000');
      await untilComputing(run);
      await setTimeout(5000);
      const workers = await workersOf(run.pid!);
      expect(workers.length).toBeGreaterThan(0);
      const start = performance.now();
      if (how === 'Ctrl-C') process.kill(run.pid!, 'SIGINT');
      else for (const pid of workers) process.kill(pid, 'SIGKILL');
      const { exitCode, signal } = await run;
      expect(performance.now() - start).toBeLessThan(5000);
      expect({ exitCode, signal }).toMatchObject({ exitCode: 2 });
      await setTimeout(500);
      expect(
        sessions().filter((name) => name.startsWith(`concord-${run.pid!}-`) && !before.has(name)),
      ).toEqual([]);
      for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow();
    },
  );

  it('runs twice at the same time without one disturbing the other', async () => {
    const reports = await Promise.all(
      [1, 2].map((seed) => reportOf('--module', 'plain', '--steps', '1', '--seed', String(seed))),
    );
    expect(reports.map(({ summary }) => summary.status)).toEqual(['same', 'same']);
  });
});
