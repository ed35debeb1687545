import ora from 'ora';
import { describe, expect, it } from 'vitest';
import { liveProgress, plainProgress } from './progress.js';
import { notCompared } from './summary.js';
import type { ProgressSink } from './types.js';

const plain = { backbone: 'survpath', variant: 'plain', witness: 'reference' } as const;
const same = { ...plain, status: 'same', worstRatio: 1.5, passed: 140, failed: 0, seconds: 2 } as const;

function aRun(progress: ProgressSink): void {
  progress.note('no native TensorFlow here');
  progress.start('survpath × plain', 2);
  progress.stage('training forward, float64');
  progress.done(same);
  progress.start('survpath × released', 2);
  progress.done(notCompared({ ...plain, variant: 'released' }, 'bags of different lengths'));
}

describe('plainProgress', () => {
  it('writes one line for each thing that a log should keep', () => {
    let text = '';
    aRun(plainProgress({ write: (piece) => (text += piece) }));
    expect(text.split('\n')).toEqual([
      'note: no native TensorFlow here',
      '[1/2] survpath × plain',
      '  140 quantities agree, worst ratio 1.50, 2.0 s',
      '[2/2] survpath × released',
      '  not compared: bags of different lengths',
      '',
    ]);
  });
});

describe('liveProgress', () => {
  it('names subject and stage while it spins', () => {
    const spinner = ora({ isEnabled: false, isSilent: true });
    const progress = liveProgress(spinner);
    progress.start('survpath × plain', 2);
    expect(spinner.text).toBe('[1/2] survpath × plain');
    progress.stage('gradients');
    expect(spinner.text).toBe('[1/2] survpath × plain · gradients');
    progress.done(same);
    expect(spinner.isSpinning).toBe(false);
  });
});
