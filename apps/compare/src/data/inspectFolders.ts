import {
  findBags,
  findTables,
  hasBags,
  inspectBags,
  inspectTables,
  readSlideList,
  type BagFinding,
  type BagReport,
  type TableReport,
} from '@concord/data';

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
  readonly tables: readonly TableReport[];
}

export async function inspectFolders(paths: readonly string[], flags: InspectFlags): Promise<DoctorReport> {
  const start = performance.now();
  const expected = flags.slides === undefined ? undefined : readSlideList(flags.slides);
  const { signal, progress } = flags;
  const tablePaths = findTables(paths, (path) => hasBags([path]));
  const withBags = paths.filter((path) => hasBags([path]));
  if (withBags.length === 0 && (tablePaths.length === 0 || expected)) findBags(paths);
  const { bags, findings: ofBags } =
    withBags.length > 0
      ? await inspectBags(findBags(withBags), { signal, progress, ...(expected && { expected }) })
      : { bags: [], findings: [] };
  const { tables, findings: ofTables } = await inspectTables(tablePaths, { signal, progress });
  const findings = [...ofBags, ...ofTables];
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
    tables,
  };
}
