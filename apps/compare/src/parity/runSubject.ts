import type { Bridge } from '@concord/baselines';
import { checkpoints } from './checkpoints.js';
import { withSubject, type SubjectRows, type SubjectRun } from './withSubject.js';

/**
 * Run all stages of one subject on both stacks and compare.
 *
 * @param steps optimiser steps. @param hear is told which stage is under way.
 */
export async function runSubject(
  run: SubjectRun,
  steps: number,
  bridge: Bridge,
  hear: (stage: string) => void,
): Promise<SubjectRows> {
  const rows: SubjectRows = { reference: [], published: [] };
  const add = ({ reference, published }: SubjectRows) => {
    rows.reference.push(...reference);
    rows.published.push(...published);
  };
  await withSubject(run, bridge, async ({ ts, stage }) => {
    hear('evaluation forward');
    add(await stage(() => ({ evaluation: ts.evaluation() }), { stage: 'evaluation' }));
    hear('training forward and gradients');
    const training = () => {
      const { forward, gradients } = ts.training();
      return { training: forward, gradient: gradients };
    };
    add(await stage(training, { stage: 'training' }));
    for (const upTo of checkpoints(steps)) {
      hear(`${upTo} optimiser step${upTo > 1 ? 's' : ''}`);
      const taken = async (breathe: () => Promise<void>) => ({
        [`step ${upTo}`]: await ts.steps(upTo, breathe),
      });
      add(await stage(taken, { stage: 'steps', upTo }));
    }
    hear('risks');
    add(await stage(() => ({ risk: ts.risks() }), { stage: 'risks' }));
  });
  return rows;
}
