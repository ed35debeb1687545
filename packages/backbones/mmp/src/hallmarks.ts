/**
 * Genes of each of the 50 hallmark sets, in the order of the published table.
 *
 * @source mahmoodlab/MMP@5878b84, src/data_csvs/rna/metadata/hallmarks_signatures.csv.
 */
export const HALLMARK_SIZES: readonly number[] = [
  197, 190, 72, 197, 41, 53, 86, 146, 189, 158, 31, 191, 195, 195, 95, 197, 94, 94, 197, 192, 42, 35, 199,
  106, 103, 194, 194, 192, 56, 197, 198, 196, 154, 183, 196, 46, 192, 153, 138, 35, 193, 137, 194, 111, 103,
  194, 132, 195, 193, 39,
];
