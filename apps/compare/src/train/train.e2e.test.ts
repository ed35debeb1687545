import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { listCheckpoints } from '@concord/training';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellResult } from './cellFiles.js';
import { digestsOf } from './runFolder.testing.js';

const root = join(import.meta.dirname, '../../../..');
const program = join(root, 'apps/compare/dist/main.js');

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'concord-train-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function concord(...words: string[]) {
  return execa('node', [program, 'train', '--cases', '20', ...words], { reject: false, cwd: folder });
}

const SMALL = ['--backbone', 'mlpwsi', '--module', 'sdir', '--target', 'stad', '--patches', '12'];

describe('concord train', { timeout: 3_600_000 }, () => {
  const long = [...SMALL, '--epochs', '12', '--every', '7'];
  beforeAll(async () => {
    const { exitCode, stderr } = await concord(...long, '--out', 'whole');
    expect(exitCode, stderr).toBe(0);
  }, 600_000);

  it.each([
    ['Ctrl-C', 'SIGINT'],
    ['a polite kill', 'SIGTERM'],
  ] as const)('finishes the step on %s, saves, and says the command that goes on', async (_, signal) => {
    const out = `stopped-${signal}`;
    const running = concord(...long, '--out', out);
    while (listCheckpoints(join(folder, out, 'checkpoints')).length === 0) await setTimeout(20);
    running.kill(signal);
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(2);
    const command = /stopped after step \d+\. Go on with:\n {2}concord (train .*)$/m.exec(stderr)![1]!;
    expect(command).toMatch(/--out stopped-\w+ --resume$/);
    const rest = await execa('node', [program, ...command.split(' ')], { reject: false, cwd: folder });
    expect(rest.exitCode, rest.stderr).toBe(0);
    expect(digestsOf(join(folder, out))).toEqual(digestsOf(join(folder, 'whole')));
  });

  it.each([
    ['survpath', 'described', []],
    ['mcat', 'plain', ['--schedule', 'cosine', '--sampling', 'uniform']],
    ['mmp', 'extended', ['--batch', '6']],
    ['maskedomics', 'sdir', ['--patience', '1', '--cohort', 'blca,brca']],
  ] as const)('agrees with PyTorch over an epoch: %s × %s %j', async (backbone, module, more) => {
    const words = ['--backbone', backbone, '--module', module, '--stack', 'both', '--epochs', '2', ...more];
    const { exitCode, stdout, stderr } = await concord(
      ...words,
      '--target',
      'stad',
      '--out',
      `both-${backbone}`,
    );
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout.match(/ratio [\d.]+, SAME/g)).toHaveLength(2);
    expect(stdout).toMatch(/both stacks, C-index of stad \(cross-domain\): 0\.\d{3}, PyTorch 0\.\d{3}, SAME/);
    const result = JSON.parse(
      readFileSync(join(folder, `both-${backbone}`, 'result.json'), 'utf8'),
    ) as CellResult;
    for (const { cohort, typescript, torch, same } of result.agreement!.cindex) {
      expect(typescript).toBe(result.targets.find((one) => one.cohort === cohort)!.cindex);
      expect(same).toBe(typescript.toFixed(3) === torch.toFixed(3));
    }
  });

  it('compares the steps before a resume as well', async () => {
    const words = [...SMALL, '--stack', 'both', '--epochs', '2', '--every', '5', '--out', 'both-killed'];
    const running = concord(...words);
    while (listCheckpoints(join(folder, 'both-killed', 'checkpoints')).length === 0) await setTimeout(20);
    running.kill('SIGKILL');
    await running;
    const { exitCode, stdout, stderr } = await concord(...words, '--resume');
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toContain('both stacks, 32 losses:');
  });

  it('keeps a second run out of the folder, and the first one unharmed', async () => {
    const running = concord(...long, '--out', 'held');
    while (listCheckpoints(join(folder, 'held', 'checkpoints')).length === 0) await setTimeout(20);
    const second = await concord(...long, '--out', 'held', '--resume');
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toContain(`held: concord train works in it (process ${running.pid} on `);
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).toBe(0);
    expect(digestsOf(join(folder, 'held'))).toEqual(digestsOf(join(folder, 'whole')));
  });

  it('trains in PyTorch alone, resumed to the same bits', async () => {
    const words = [...SMALL, '--stack', 'torch', '--epochs', '2', '--every', '5'];
    const whole = await concord(...words, '--out', 'torch');
    expect(whole.exitCode, whole.stderr).toBe(0);
    const running = concord(...words, '--out', 'torch-killed');
    while (listCheckpoints(join(folder, 'torch-killed', 'checkpoints')).length === 0) await setTimeout(20);
    running.kill('SIGKILL');
    await running;
    const rest = await concord(...words, '--out', 'torch-killed', '--resume');
    expect(rest.exitCode, rest.stderr).toBe(0);
    for (const name of ['risks.csv', 'metrics.csv']) {
      expect(readFileSync(join(folder, 'torch-killed', name), 'utf8')).toBe(
        readFileSync(join(folder, 'torch', name), 'utf8'),
      );
    }
  });

  it.each([
    ['a folder that holds a run', ['--out', 'whole'], /whole holds a run already; --resume goes on with it/],
    ['a resume of nothing', ['--out', 'none', '--resume'], /none holds no run/],
    [
      'a resume of another configuration',
      [...SMALL, '--out', 'whole', '--resume', '--epochs', '3'],
      /another configuration/,
    ],
    ['an unknown backbone', ['--backbone', 'none', '--out', 'x'], /there is no none/],
    ['an unknown cohort', ['--cohort', 'luad', '--out', 'x'], /luad: no such file/],
    [
      'a module that does not work there',
      ['--backbone', 'mlpomics', '--module', 'dsu', '--out', 'x'],
      /does not work at the plug-in point/,
    ],
  ])('refuses %s', async (_, words, message) => {
    const { exitCode, stderr } = await concord(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('refuses a split that leaks', async () => {
    writeFileSync(join(folder, 'split.csv'), 'train,val\nTCGA-ZZ-0001,TCGA-ZZ-0002\nTCGA-ZZ-0002,\n');
    const { exitCode, stderr } = await concord('--split', 'split.csv', '--out', 'leak');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the split leaks: 1 cases train and validate, such as TCGA-ZZ-0002');
  });
});
