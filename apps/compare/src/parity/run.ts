import { join } from 'node:path';
import { openBridge, type Bridge } from '@concord/baselines';
import { moduleVariants } from '@concord/modules';
import { initBackend, writeTapes } from '@concord/nn';
import { FLOOR_ULPS } from './compare.js';
import { environmentOf } from './environment.js';
import { formatSubject } from './format.js';
import { helpFindings } from './helpFindings.js';
import { loadCohort, parityInput } from './parityInput.js';
import { planRun, type BackbonePlan } from './planRun.js';
import { publishedWitness, requireWitness } from './publishedWitness.js';
import { releasedFindings } from './releasedFindings.js';
import {
  REPORT_SCHEMA,
  type Finding,
  type ParityReport,
  type ParityRow,
  type Subject,
  type SubjectVerdict,
} from './report.js';
import { runSubject } from './runSubject.js';
import type { ParityInput } from './subject.js';
import { notCompared, summarize, verdictOf } from './summary.js';
import { digestOf } from './tapes.js';
import type { ParityOptions, RunParity } from './types.js';

/** Run every subject on both stacks and compare; see docs/parity. */
export const runParity: RunParity = async (options, progress) => {
  const backend = await initBackend(options.backend);
  if (backend.notNative)
    progress.note(`native TensorFlow is not in use (${backend.notNative}); wasm computes`);
  progress.note(`reading cohort ${options.cohort}`);
  const cohort = loadCohort(options);
  const whole = parityInput(cohort);
  const plans = await planRun(whole, options, (demands) => parityInput(loadCohort(options, demands)));
  requireWitness(
    plans.map(({ backbone, variants }) => ({ declared: backbone.declared, variants })),
    options.publishedDir,
  );
  const tapeFile = join(options.outDir, 'tape.safetensors');
  const groups = plans.flatMap(({ bags }) =>
    Object.values(bags).flatMap(({ group, evaluation }) => [group, evaluation]),
  );
  await writeTapes(tapeFile, groups, { seed: String(options.seed), cohort: options.cohort });

  const bridge = await openBridge();
  const stop = () => void bridge.close();
  options.signal.addEventListener('abort', stop);
  try {
    options.signal.throwIfAborted();
    const environment = await environmentOf(backend, bridge);
    const rows: ParityRow[] = [];
    const verdicts: SubjectVerdict[] = [];
    const findings: Finding[] = [...cohort.findings];
    const total = plans.reduce((sum, { variants }) => sum + variants.length, 0);
    for (const plan of plans) {
      const { name } = plan.backbone.declared;
      if (plan.variants.length === 0 && !plan.notReleased) {
        const reason = `${plan.tokens}, and ${options.modules.join(', ')} needs more`;
        for (const variant of options.modules)
          leaveOut({ backbone: name, variant, witness: 'reference' }, reason);
      }
      if (plan.notReleased) {
        leaveOut({ backbone: name, variant: 'released', witness: 'reference' }, plan.notReleased);
      }
      for (const variant of plan.variants) {
        const subject: Subject = { backbone: name, variant, witness: 'reference' };
        progress.start(formatSubject(subject), total);
        const { input, group, evaluation } = plan.bags[variant === 'released' ? 'equal' : 'whole']!;
        if (variant === 'released')
          findings.push(...(await aboutReleased(subject, plan, whole, bridge, options)));
        const witness = publishedWitness(plan.backbone.declared, variant, options.publishedDir);
        const started = performance.now();
        const found = await runSubject(
          {
            ...{ subject, backbone: plan.backbone, module: moduleVariants[variant](), input },
            ...{ evaluationTapes: evaluation.tapes },
            ...{ weights: plan.weights, tapes: group.tapes, factor: options.factor },
            ...(witness?.folder && { published: witness.folder }),
          },
          options.steps,
          bridge,
          (stage) => progress.stage(stage),
        );
        const seconds = (performance.now() - started) / 1000;
        conclude(subject, found.reference, seconds);
        const published: Subject = { ...subject, witness: 'published' };
        if (found.published.length > 0) {
          conclude(published, found.published);
          if (variant === 'plain') findings.push(...helpFindings(published, plan.backbone.declared));
        } else if (witness?.missing) leaveOut(published, witness.missing);
      }
    }
    const counts = whole.cases.map(({ patchCount }) => patchCount);
    return {
      schema: REPORT_SCHEMA,
      command: options.command,
      environment,
      data: {
        cohort: cohort.name,
        source: cohort.source,
        synthetic: cohort.synthetic,
        digests: cohort.digests,
        cases: whole.cases.length,
        pathways: cohort.pathways.length,
        patches: [Math.min(...counts), Math.max(...counts)],
        patchWidth: cohort.patchWidth,
      },
      tape: { digest: await digestOf(tapeFile), file: tapeFile, seed: options.seed },
      settings: {
        preset: options.preset,
        steps: options.steps,
        factor: options.factor,
        floorUlps: FLOOR_ULPS,
        backend: options.backend,
      },
      subjects: rows,
      verdicts,
      findings,
      summary: summarize(rows, verdicts),
    } satisfies ParityReport;

    function conclude(subject: Subject, found: ParityRow[], seconds?: number): void {
      rows.push(...found);
      tell(verdictOf(subject, found, seconds));
    }

    function leaveOut(subject: Subject, reason: string): void {
      tell(notCompared(subject, reason));
    }

    function tell(verdict: SubjectVerdict): void {
      verdicts.push(verdict);
      progress.done(verdict);
    }
  } finally {
    options.signal.removeEventListener('abort', stop);
    await bridge.close();
  }
};

async function aboutReleased(
  subject: Subject,
  { bags }: BackbonePlan,
  whole: ParityInput,
  bridge: Bridge,
  { publishedDir }: ParityOptions,
): Promise<Finding[]> {
  const { weak, cut, input } = bags['equal']!;
  const patches = input.cases[0]!.patchCount;
  const strong = Math.max(...whole.cases.map(({ patchCount }) => patchCount));
  if (weak === undefined || !cut) return [];
  const note: Finding = {
    subject,
    kind: 'equal-bags',
    title: 'The released module was compared on bags of equal length',
    detail:
      weak === 1
        ? 'Its broadcasting makes one gene token of each patch out of a single one, which is another model: ' +
          'each case was given one patch.'
        : `It runs on no others: each case was given ${patches} patches, for ${weak} tokens of each kind.`,
  };
  if (weak === 1) return [note];
  return [note, ...(await releasedFindings(subject, [weak, strong], bridge, publishedDir))];
}
