/** The fold that a file's path names: `fold_0/risks.csv`, `splits_3.csv`, `split_0_results.csv`. */
export function foldOfName(file: string): string | undefined {
  return /(?:fold|splits?)[_-]?(\d+)/i.exec(file)?.[1];
}
