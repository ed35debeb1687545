import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concordance, SurvivalError } from '@concord/survival';

/** A method of a made-up study: its risks are `skill` × the true risk and noise. */
export interface MadeMethod {
  readonly backbone: string;
  readonly module: string;
  readonly stack?: 'ts' | 'torch' | 'sksurv';
  readonly skill: number;
  /** Yardsticks that the stacks lie apart, where both trained. */
  readonly apart?: number;
  /** Default: all seeds of the study. */
  readonly seeds?: readonly number[];
}

/** Sizes of a made-up study. */
export interface MadeStudy {
  readonly cohorts?: readonly string[];
  readonly cases?: number;
  readonly seeds?: readonly number[];
  readonly folds?: number;
  readonly epochs?: number;
  readonly methods?: readonly MadeMethod[];
  readonly planted?: boolean;
  /** Cohorts in which nobody has the event. */
  readonly censored?: readonly string[];
}

export const MADE_METHODS: readonly MadeMethod[] = [
  { backbone: 'mcat', module: 'plain', skill: 0.5 },
  { backbone: 'mcat', module: 'dsu', skill: 0.5 },
  { backbone: 'abmil', module: 'plain', skill: 0.2 },
  { backbone: 'ridge-cox', module: 'plain', stack: 'sksurv', skill: 0.6, seeds: [1] },
];

interface MadeCase {
  readonly id: string;
  readonly months: number;
  readonly event: boolean;
  readonly risk: number;
}

/**
 * Write a study folder as the benchmark leaves it, from a formula and no training. The same options write the same
 * bytes.
 */
export function writeMadeStudy(folder: string, options: MadeStudy = {}): void {
  const { cohorts = ['blca', 'brca', 'hnsc'], cases = 60, seeds = [1, 2], folds = 3 } = options;
  const { epochs = 4, methods = MADE_METHODS, planted = true, censored = [] } = options;
  const people = new Map(cohorts.map((name) => [name, drawCohort(name, cases, censored.includes(name))]));
  mkdirSync(folder, { recursive: true });
  const json = (path: string, content: object) =>
    writeFileSync(join(folder, path), `${JSON.stringify(content, null, 2)}\n`);
  json('study.json', {
    schema: 'concord.study/1',
    command: 'concord crosscancer reports/crosscancer --seeds 1,2',
    cohorts: cohorts.map((name) => ({
      name,
      cases,
      events: people.get(name)!.filter(({ event }) => event).length,
      genes: 60,
      histology: 'synthetic patches',
      synthetic: true,
      digests: { recipe: createHash('sha256').update(name).digest('hex') },
    })),
    sources: cohorts,
    targets: cohorts,
    backbones: [...new Set(methods.map(({ backbone }) => backbone))],
    modules: [...new Set(methods.map(({ module }) => module))],
    seeds,
    folds,
    epochs,
    protocol: { optimiser: 'radam', batch: 1, accumulation: 32 },
    environment: { node: '24.0.0', torch: '2.12.0', cpu: 'made up, 2 cores' },
    ...(planted && { planted: cohorts.map((cohort) => ({ cohort, cindex: 0.75 })) }),
  });
  for (const method of methods) {
    for (const source of cohorts) {
      for (const seed of method.seeds ?? seeds) {
        for (let fold = 0; fold < folds; fold++) writeCell({ method, source, seed, fold });
      }
    }
  }

  function writeCell(cell: { method: MadeMethod; source: string; seed: number; fold: number }): void {
    const { method, source, seed, fold } = cell;
    const { backbone, module, skill, stack = 'ts' } = method;
    const place = `cells/${backbone}/${module}/${source}/seed${seed}-fold${fold}${stack === 'torch' ? '-torch' : ''}`;
    mkdirSync(join(folder, place), { recursive: true });
    const { uniform, normal } = madeDraws(`${place} ${method.skill}`);
    const config = `${JSON.stringify({ ...method, source, seed, fold, epochs }, null, 2)}\n`;
    writeFileSync(join(folder, place, 'config.json'), config);
    const judged = cohorts.map((cohort) => {
      const role = cohort === source ? 'in-domain' : 'cross-domain';
      const all = people.get(cohort)!;
      const own = role === 'in-domain' ? all.filter((_, i) => i % folds === fold) : all;
      const shift = cohorts.indexOf(cohort);
      return { cohort, role, own, risks: own.map(({ risk }) => shift + skill * risk + normal()) };
    });
    const rows = judged.flatMap(({ cohort, role, own, risks }) =>
      own.map(({ id, months, event }, i) => [cohort, role, id, months, Number(event), risks[i]].join(',')),
    );
    writeFileSync(
      join(folder, place, 'risks.csv'),
      ['cohort,role,case,months,event,risk', ...rows, ''].join('\n'),
    );
    if (stack !== 'sksurv') {
      const losses = Array.from({ length: epochs }, (_, e) =>
        [e + 1, 40 * (e + 1), 1.2 * 0.8 ** e + 0.02 * uniform(), 1.3 * 0.85 ** e, 0.5 + 0.02 * e].join(','),
      );
      const head = 'epoch,step,loss,validationLoss,validationCindex';
      writeFileSync(join(folder, place, 'metrics.csv'), [head, ...losses, ''].join('\n'));
      const points = judged.flatMap(({ cohort, own, risks }, c) =>
        own.map(({ id }, i) => [cohort, id, 2 * c + normal(), risks[i], normal()].join(',')),
      );
      writeFileSync(
        join(folder, place, 'embeddings.csv'),
        ['cohort,case,x0,x1,x2', ...points, ''].join('\n'),
      );
    }
    json(`${place}/result.json`, {
      schema: 'concord.cell/1',
      hash: createHash('sha256').update(config).digest('hex'),
      ...{ stack, backbone, module, source, seed, fold, epochs },
      steps: stack === 'sksurv' ? null : 40 * epochs,
      seconds: 2.5,
      parameters: stack === 'sksurv' ? null : 12345,
      finalLoss: stack === 'sksurv' ? null : 0.61,
      targets: judged.map(({ cohort, role, own, risks }) => ({
        ...{ cohort, role },
        cases: own.length,
        events: own.filter(({ event }) => event).length,
        cindex: indexOf(own, risks),
      })),
      ...(method.apart !== undefined && {
        agreement: {
          trajectory: (['losses', 'risks'] as const).map((quantity) => ({
            ...{ quantity, count: 40 * epochs, error: 1e-6 * method.apart!, yardstick: 1e-6 },
            ratio: method.apart,
          })),
          cindex: judged.map(({ cohort, role, own, risks }, i) => {
            const found = indexOf(own, risks);
            return { cohort, role, typescript: found, torch: found, decided: i > 0, same: true };
          }),
        },
      }),
    });
  }
}

function indexOf(cases: readonly MadeCase[], risks: readonly number[]): number | null {
  const followUp = { times: cases.map(({ months }) => months), events: cases.map(({ event }) => event) };
  try {
    return concordance(followUp, risks).c;
  } catch (error) {
    if (error instanceof SurvivalError) return null;
    throw error;
  }
}

function drawCohort(name: string, cases: number, censored: boolean): MadeCase[] {
  const { uniform, normal } = madeDraws(name);
  return Array.from({ length: cases }, (_, i) => {
    const risk = normal();
    const [own, end] = [(-Math.log(uniform()) * 30) / Math.exp(risk), -Math.log(uniform()) * 60];
    return {
      id: `TCGA-ZZ-${String(i + 1).padStart(4, '0')}`,
      months: Math.ceil(10 * Math.min(own, end)) / 10,
      event: !censored && own <= end,
      risk,
    };
  });
}

/** Mulberry32, seeded by a name. */
function madeDraws(name: string) {
  let state = createHash('sha256').update(name).digest().readUInt32LE(0);
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}
