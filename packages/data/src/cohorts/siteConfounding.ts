/** How far a tissue source site gives the outcome away. */
export interface SiteConfounding {
  readonly sites: number;
  /** Bias-corrected Cramér's V of site with event and with time bin: 0 none, near 1 complete. */
  readonly event: number;
  readonly bin: number;
  /** Cases of sites where everybody had the event, or nobody, by sites of five cases and more. */
  readonly oneSided: readonly string[];
}

/** A site of fewer cases is one-sided by chance. */
const FEW = 5;

/**
 * Sites differ in patients, scanners and stains; a model that recognises the site then knows something of the
 * outcome without seeing the tissue.
 *
 * @source Bergsma 2013, doi 10.1016/j.jkss.2012.10.002; Howard et al. 2021, doi 10.1038/s41467-021-24698-1.
 */
export function siteConfounding(
  cases: readonly { readonly caseId: string; readonly event: boolean; readonly bin: number }[],
): SiteConfounding {
  const bySite = new Map<string, boolean[]>();
  for (const { caseId, event } of cases)
    bySite.set(siteOf(caseId), [...(bySite.get(siteOf(caseId)) ?? []), event]);
  const oneSided = [...bySite].filter(
    ([, events]) => events.length >= FEW && events.every((event) => event === events[0]),
  );
  return {
    sites: bySite.size,
    event: cramersV(cases.map(({ caseId, event }) => [siteOf(caseId), String(event)])),
    bin: cramersV(cases.map(({ caseId, bin }) => [siteOf(caseId), String(bin)])),
    oneSided: oneSided.map(([site]) => site).sort(),
  };
}

/** Association of two labels, corrected for the number of rows and columns. 0 where one of them never varies. */
export function cramersV(pairs: readonly (readonly [row: string, column: string])[]): number {
  const n = pairs.length;
  const count = (labels: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    return counts;
  };
  const [rows, columns] = [count(pairs.map(([row]) => row)), count(pairs.map(([, column]) => column))];
  const cells = count(pairs.map(([row, column]) => `${row}\t${column}`));
  let chiSquare = 0;
  for (const [row, inRow] of rows) {
    for (const [column, inColumn] of columns) {
      const expected = (inRow * inColumn) / n;
      chiSquare += ((cells.get(`${row}\t${column}`) ?? 0) - expected) ** 2 / expected;
    }
  }
  const [r, c] = [rows.size, columns.size];
  const phi = Math.max(0, chiSquare / n - ((r - 1) * (c - 1)) / (n - 1));
  const smaller = Math.min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1;
  return smaller > 0 ? Math.sqrt(phi / smaller) : 0;
}

/** TCGA-XX-0000 → XX. */
export function siteOf(caseId: string): string {
  return caseId.split('-')[1] ?? '';
}
