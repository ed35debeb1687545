import { compare } from './compare.js';
import { REPORT_SCHEMA, type ParityReport, type ParityRow, type Stage, type Subject } from './report.js';
import { notCompared, summarize, verdictOf } from './summary.js';

/** A report as a real run makes it, from made-up errors: for the tests of whatever shows a report. */

const FORWARD = [
  ...['pathways.0.linear', 'pathways.0.elu', 'pathways.1.linear', 'pathways.1.elu', 'patches.linear'],
  ...['module.weak', 'module.strong', 'attention.norm', 'attention.q', 'attention.k', 'attention.v'],
  ...[
    'attention.pathwayScores',
    'attention.pathwayWeights',
    'attention.patchScores',
    'attention.patchWeights',
  ],
  ...[
    'attention.out',
    'feedForward.norm',
    'feedForward.hidden',
    'feedForward.gelu',
    'feedForward.out',
    'norm',
  ],
  ...['pooled', 'head.hidden', 'head.relu', 'logits', 'hazard', 'survival', 'risk'],
];

const WEIGHTS = [
  ...['pathways.0.weight', 'pathways.0.bias', 'pathways.1.weight', 'pathways.1.bias', 'patches.weight'],
  ...['patches.bias', 'attention.norm.weight', 'attention.norm.bias', 'attention.qkv.weight'],
  ...[
    'feedForward.norm.weight',
    'feedForward.norm.bias',
    'feedForward.hidden.weight',
    'feedForward.hidden.bias',
  ],
  ...['feedForward.out.weight', 'feedForward.out.bias', 'norm.weight', 'norm.bias', 'head.hidden.weight'],
  ...['head.hidden.bias', 'head.out.weight', 'head.out.bias'],
];

/** Mulberry32. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function stageRows(subject: Subject, stage: Stage, names: readonly string[], base: number, wrongAt: number) {
  const random = uniform(stage.length * 7919 + subject.variant.length * 104_729 + names.length);
  return names.map((quantity, order): ParityRow => {
    const drift = base * (1 + order / 12);
    const torch = drift * (0.4 + random());
    const ts = order >= wrongAt ? 2e-3 * (0.5 + random()) : torch * (0.4 + 1.6 * random());
    const scalar = ['risk', 'loss'].includes(quantity);
    const shape = scalar ? [1] : [12, 16];
    const count = scalar ? 1 : 192;
    const filled = (gap: number) =>
      Float32Array.from({ length: count }, (_, i) => (i === count - 1 ? 1 + gap : 0.5));
    const oracle = Float64Array.from({ length: count }, (_, i) => (i === count - 1 ? 1 : 0.5));
    const published = subject.witness === 'published' && { published: { data: filled(torch * 0.9), shape } };
    const found = compare({
      ...{ name: quantity, kind: 'real', oracle: { data: oracle, shape } },
      ...{ ts: { data: filled(ts), shape }, torch32: { data: filled(torch), shape }, ...published },
    });
    return { ...subject, ...found, stage, order };
  });
}

function subjectRows(subject: Subject, wrong?: { stage: Stage; at: number }): ParityRow[] {
  const stages: [Stage, readonly string[], number][] = [
    ['evaluation', FORWARD, 2e-7],
    ['training', [...FORWARD, 'loss'], 2.4e-7],
    ['gradient', WEIGHTS, 6e-7],
    ['step 1', WEIGHTS, 9e-7],
    ['step 10', WEIGHTS, 3e-6],
    ['step 50', WEIGHTS, 1.6e-5],
    ['risk', ['risks'], 4e-6],
  ];
  const begins = stages.findIndex(([stage]) => stage === wrong?.stage);
  return stages.flatMap(([stage, names, base], i) => {
    const wrongAt = !wrong || i < begins ? Infinity : i === begins ? wrong.at : 0;
    return stageRows(subject, stage, names, base, wrongAt);
  });
}

/** @param differs lets one variant go wrong, from the training forward on. */
export function fixtureReport({ differs = false } = {}): ParityReport {
  const reference = (variant: string): Subject => ({ backbone: 'survpath', variant, witness: 'reference' });
  const subjects: Subject[] = [
    ...['plain', 'repaired', 'sdir', 'sdir-lorentz', 'cade', 'cade-fisher-rao', 'described'].map(reference),
    ...['sdir-adaptive', 'cade-quantile', 'extended', 'mixstyle', 'dsu'].map(reference),
    { backbone: 'survpath', variant: 'plain', witness: 'published' },
  ];
  const wrong = (subject: Subject) =>
    differs && subject.variant === 'cade-fisher-rao' ? { stage: 'training' as const, at: 5 } : undefined;
  const bySubject = subjects.map((subject) => ({ subject, rows: subjectRows(subject, wrong(subject)) }));
  const rows = bySubject.flatMap((entry) => entry.rows);
  const verdicts = [
    ...bySubject.map((entry, i) => verdictOf(entry.subject, entry.rows, 2 + i / 4)),
    notCompared(
      reference('released'),
      'bags of different lengths (12 pathways, 64 patches): the published class fails there',
    ),
  ];
  return {
    schema: REPORT_SCHEMA,
    command: 'concord parity --preset small --backbone survpath --cohort blca --steps 50 --seed 7',
    environment: {
      ...{ node: '20.20.2', tfjs: '4.22.0', python: '3.11.2', torch: '2.13.0', numpy: '2.4.1' },
      backend: { name: 'tensorflow', tensorflow: '2.21.0', gpu: false },
      ...{ os: 'Linux 6.1 x64', cpu: 'AMD EPYC, 2 cores', commit: '0e27fccd1f', dirty: true },
      date: '2025-11-23T13:38:00.000Z',
    },
    data: {
      ...{ cohort: 'blca', source: 'embedded', cases: 24, pathways: 12, patches: [48, 96], patchWidth: 64 },
      synthetic: { cases: true, genes: true, patches: true, outcomes: true },
      digests: { 'blca/genes': 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c' },
    },
    tape: {
      digest: '7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730',
      ...{ file: 'reports/parity/20251123-133800/tape.safetensors', seed: 7 },
    },
    settings: { preset: 'small', steps: 50, factor: 4, floorUlps: 4 },
    subjects: rows,
    verdicts,
    findings: [
      {
        subject: reference('released'),
        kind: 'published-fails',
        title: 'The released class fails on bags of different lengths',
        detail:
          'IndexError: index 64 is out of bounds for dimension 1 with size 12. Concord fails in the same place.',
        source: 'HopkinsKwong/MCCSDG@48d5410, cross_modal_mixing',
      },
      {
        kind: 'synthetic-data',
        title: 'The cohort is synthetic',
        detail:
          'Cases, genes, patches and outcomes come from the generator; they show agreement, not medicine.',
      },
    ],
    summary: summarize(rows, verdicts),
  };
}
