import { join } from 'node:path';
import { openBridge, type Bridge } from '@concord/baselines';
import { moduleVariants, type ModuleVariant } from '@concord/modules';
import { initBackend, writeTapes, type TapeGroup } from '@concord/nn';
import { FLOOR_ULPS } from './compare.js';
import { environmentOf } from './environment.js';
import { equalBags, loadCohort, parityInput } from './parityInput.js';
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
import { startingWeights } from './startingWeights.js';
import type { ParityInput } from './subject.js';
import { summarize, verdictOf } from './summary.js';
import { digestOf, drawsOfSteps, drawTapes, replayTapes } from './tapes.js';
import type { ParityOptions, RunParity } from './types.js';

/** Variants that the published code can witness. */
const WITNESSED: readonly string[] = ['plain', 'released'];

/** Run every subject on both stacks and compare; see docs/parity. */
export const runParity: RunParity = async (options, progress) => {
  const backend = await initBackend(options.backend);
  if (backend.notNative)
    progress.note(`native TensorFlow is not in use (${backend.notNative}); wasm computes`);
  progress.note(`reading cohort ${options.cohort}`);
  const cohort = loadCohort(options);
  const whole = parityInput(cohort, options.preset);
  const variants = options.modules as ModuleVariant[];
  const bags = prepare(whole, variants, options);
  const weights = startingWeights(whole.config, options.seed);
  const tapeFile = join(options.outDir, 'tape.safetensors');
  await writeTapes(
    tapeFile,
    Object.values(bags).map(({ group }) => group),
    {
      seed: String(options.seed),
      cohort: options.cohort,
    },
  );

  const bridge = await openBridge();
  const stop = () => void bridge.close();
  options.signal.addEventListener('abort', stop);
  try {
    options.signal.throwIfAborted();
    const environment = await environmentOf(backend, bridge);
    const rows: ParityRow[] = [];
    const verdicts: SubjectVerdict[] = [];
    const findings: Finding[] = [...cohort.findings];
    for (const variant of variants) {
      const subject: Subject = { backbone: options.backbone, variant, witness: 'reference' };
      progress.start(`${options.backbone} × ${variant}`, variants.length);
      const { input, group } = bags[variant === 'released' ? 'equal' : 'whole']!;
      if (variant === 'released') findings.push(...(await aboutReleased(subject, whole, bridge, options)));
      const started = performance.now();
      const found = await runSubject(
        {
          subject,
          module: moduleVariants[variant](),
          input,
          weights,
          tapes: group.tapes,
          steps: options.steps,
          factor: options.factor,
          ...(options.publishedDir && WITNESSED.includes(variant) && { published: options.publishedDir }),
        },
        bridge,
        (stage) => progress.stage(stage),
      );
      const seconds = (performance.now() - started) / 1000;
      conclude(subject, found.reference, seconds);
      if (found.published.length > 0) conclude({ ...subject, witness: 'published' }, found.published);
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
      const verdict = verdictOf(subject, found, seconds);
      verdicts.push(verdict);
      progress.done(verdict);
    }
  } finally {
    options.signal.removeEventListener('abort', stop);
    await bridge.close();
  }
};

interface PreparedBags {
  readonly input: ParityInput;
  readonly group: TapeGroup;
}

/** Bags and tapes: whole ones, and for the released module bags of equal length. */
function prepare(
  whole: ParityInput,
  variants: readonly ModuleVariant[],
  { steps, seed, replay }: ParityOptions,
): Record<string, PreparedBags> {
  const take = (input: ParityInput, names: readonly ModuleVariant[], prefix: string): PreparedBags => {
    const draws = drawsOfSteps(
      input,
      names.map((name) => moduleVariants[name]()),
      steps,
    );
    const tapes = replay ? replayTapes(replay, prefix, draws) : drawTapes(draws, seed);
    return { input, group: { prefix, tapes } };
  };
  return {
    whole: take(
      whole,
      variants.filter((name) => name !== 'released'),
      'step',
    ),
    ...(variants.includes('released') && { equal: take(equalBags(whole), ['released'], 'equal.step') }),
  };
}

async function aboutReleased(
  subject: Subject,
  whole: ParityInput,
  bridge: Bridge,
  { publishedDir }: ParityOptions,
): Promise<Finding[]> {
  const weak = whole.config.pathwaySizes.length;
  const strong = Math.max(...whole.cases.map(({ patchCount }) => patchCount));
  const note: Finding = {
    subject,
    kind: 'equal-bags',
    title: 'The released module was compared on bags of equal length',
    detail: `It runs on no others: each case was given ${weak} patches, as many as it has pathways.`,
  };
  return [note, ...(await releasedFindings(subject, [weak, strong], bridge, publishedDir))];
}
