import { nameOf, PEERS, type Method } from './method.js';
import type { StudyFile } from './studySchema.js';

/**
 * Runs that a study asks for and a method does not have, in words: one line for each method. A method that never
 * ran is named once; a peer that needs no seed may have a single one.
 */
export function missingRuns(file: StudyFile, methods: readonly Method[]): string[] {
  const folds = file.heldOut ?? Array.from({ length: file.folds }, (_, fold) => fold);
  const never = file.backbones.flatMap((backbone) =>
    (PEERS[backbone] === undefined ? file.modules : ['plain']).flatMap((module) =>
      methods.some((one) => one.backbone === backbone && one.module === module)
        ? []
        : [`${nameOf(backbone, module)}: no run`],
    ),
  );
  const incomplete = methods.flatMap((method) => {
    const seeds = method.deep ? file.seeds : [...new Set(method.cells.map(({ seed }) => seed))];
    const done = new Set(method.cells.map(({ source, seed, fold }) => `${source} ${seed} ${fold}`));
    const asked = file.sources.flatMap((source) =>
      seeds.flatMap((seed) => folds.map((fold) => ({ key: `${source} ${seed} ${fold}`, source }))),
    );
    const missing = asked.filter(({ key }) => !done.has(key));
    if (missing.length === 0) return [];
    const sources = [...new Set(missing.map(({ source }) => source))];
    return [`${method.name}: ${missing.length} of ${asked.length} runs, from ${sources.join(', ')}`];
  });
  return [...never, ...incomplete];
}
