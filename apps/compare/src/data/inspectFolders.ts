import { findBags, inspectBags, readSlideList, type BagFinding, type BagReport } from '@concord/data';

export interface InspectFlags {
  /** File that names the slides that ought to be there. */
  readonly slides?: string | undefined;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number, slide: string) => void;
}

/** Version of the form in which findings are written. */
export const DOCTOR_SCHEMA = 'concord-data-doctor/1';

/** What `concord data doctor` found, as it is written. */
export interface DoctorReport {
  readonly schema: typeof DOCTOR_SCHEMA;
  readonly date: string;
  readonly sources: readonly string[];
  readonly problems: number;
  readonly warnings: number;
  readonly seconds: number;
  readonly findings: readonly BagFinding[];
  readonly files: readonly BagReport[];
}

export async function inspectFolders(paths: readonly string[], flags: InspectFlags): Promise<DoctorReport> {
  const start = performance.now();
  const expected = flags.slides === undefined ? undefined : readSlideList(flags.slides);
  const { bags, findings } = await inspectBags(findBags(paths), {
    signal: flags.signal,
    progress: flags.progress,
    ...(expected && { expected }),
  });
  const problems = findings.filter(({ severity }) => severity === 'problem').length;
  return {
    schema: DOCTOR_SCHEMA,
    date: new Date().toISOString(),
    sources: paths,
    problems,
    warnings: findings.length - problems,
    seconds: (performance.now() - start) / 1000,
    findings,
    files: bags,
  };
}
