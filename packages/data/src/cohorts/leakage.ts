import { siteOf } from './siteConfounding.js';
import type { Split } from './splits.js';

/** Something by which a validation is not held out, or does not say what it seems to. */
export interface Leak {
  readonly kind:
    | 'shared-case'
    | 'validation-is-training'
    | 'repeated-case'
    | 'unknown-case'
    | 'shared-site'
    | 'shared-file'
    | 'shared-slide';
  readonly title: string;
  readonly cases: readonly string[];
}

/** What is known of the cases that a split names. */
export interface LeakageContext {
  /** Cases of the cohort; others in a split are unknown. */
  readonly known?: ReadonlySet<string>;
  /** Digest of each case's features: the same file under two names is one patient twice. */
  readonly fileOf?: ReadonlyMap<string, string>;
  /** Slides of each case: one slide under two cases is on both sides. */
  readonly slidesOf?: ReadonlyMap<string, readonly string[]>;
  /** Report tissue source sites on both sides: not an error, but validation is then not external. */
  readonly sites?: boolean;
}

/** Every way in which the two sides of a split are not apart; empty if they are. */
export function checkLeakage({ train, validation }: Split, context: LeakageContext = {}): Leak[] {
  const [inTraining, held] = [new Set(train), new Set(validation)];
  const shared = [...held].filter((id) => inTraining.has(id));
  const leaks: Leak[] = [];
  const add = (kind: Leak['kind'], title: string, cases: readonly string[]) => {
    if (cases.length) leaks.push({ kind, title, cases });
  };
  if (shared.length === held.size && shared.length === inTraining.size) {
    add('validation-is-training', `Validation is training: both hold the same ${held.size} cases`, shared);
  } else {
    add('shared-case', `${shared.length} cases train and validate`, shared);
  }
  for (const [side, ids] of [
    ['train', train],
    ['validation', validation],
  ] as const) {
    const repeated = repeats(ids);
    const extra = ids.length - new Set(ids).size;
    add('repeated-case', `${extra} of ${ids.length} entries of ${side} repeat a case`, repeated);
  }
  const { known, fileOf, slidesOf } = context;
  if (known) {
    const unknown = [...new Set([...train, ...validation])].filter((id) => !known.has(id));
    add('unknown-case', `${unknown.length} cases of the split are not in the cohort`, unknown);
  }
  if (fileOf) {
    const trained = new Map([...inTraining].map((id) => [fileOf.get(id), id]));
    const twins = [...held].filter(
      (id) => !inTraining.has(id) && fileOf.get(id) !== undefined && trained.has(fileOf.get(id)),
    );
    add('shared-file', `${twins.length} validation cases have the same features as a training case`, twins);
  }
  if (slidesOf) {
    const trained = new Set([...inTraining].flatMap((id) => slidesOf.get(id) ?? []));
    const common = [...held].filter(
      (id) => !inTraining.has(id) && slidesOf.get(id)?.some((slide) => trained.has(slide)),
    );
    add('shared-slide', `${common.length} validation cases have a slide of a training case`, common);
  }
  if (context.sites) {
    const sites = new Set(train.map(siteOf));
    const common = [...held].filter((id) => sites.has(siteOf(id)));
    add(
      'shared-site',
      `${common.length} of ${held.size} validation cases come from a site that also trains`,
      common,
    );
  }
  return leaks;
}

function repeats(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(ids.filter((id) => seen.has(id) || !seen.add(id)))];
}
