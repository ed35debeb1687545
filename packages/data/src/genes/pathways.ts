import { DataError } from '../dataError.js';

/** A named gene set, as positions in a cohort's gene list. */
export interface Pathway {
  readonly name: string;
  /** At least one; by rising gene symbol, as the published code sorts them. */
  readonly genes: readonly number[];
}

/** What was lost when gene sets met the genes that were measured. */
export interface PathwayJoin {
  readonly pathways: readonly Pathway[];
  /** Distinct genes of the sets, and how many of them were measured. */
  readonly asked: number;
  readonly measured: number;
  /** The same for each set. */
  readonly overlap: readonly PathwayOverlap[];
}

/** Genes of one set, and how many of them were measured. */
export interface PathwayOverlap {
  readonly name: string;
  readonly asked: number;
  readonly measured: number;
}

/**
 * Join gene sets to measured genes by symbol. The order of the sets is kept; genes are sorted.
 *
 * @param where file of the sets, for messages.
 * @throws DataError if a set has none of its genes measured: it would have no expression vector.
 */
export function joinPathways(
  sets: ReadonlyMap<string, readonly string[]>,
  measured: readonly string[],
  where: string,
): PathwayJoin {
  const position = new Map(measured.map((gene, i) => [gene, i]));
  const pathways = [...sets].map(([name, genes]) => {
    const found = [...new Set(genes)].filter((gene) => position.has(gene)).sort();
    if (found.length === 0) {
      throw new DataError(
        where,
        `none of the ${genes.length} genes of ${name} is in the expression table; drop the signature or use a table that has them`,
      );
    }
    return { name, genes: found.map((gene) => position.get(gene)!) };
  });
  const asked = new Set([...sets.values()].flat());
  return {
    pathways,
    asked: asked.size,
    measured: [...asked].filter((gene) => position.has(gene)).length,
    overlap: pathways.map(({ name, genes }) => ({
      name,
      asked: new Set(sets.get(name)).size,
      measured: genes.length,
    })),
  };
}

/**
 * Lay a case's expression out pathway by pathway, as the packed networks read it; a gene of several
 * pathways comes once for each.
 *
 * @param expression [measured genes]. @returns [Σ pathway sizes] float32.
 */
export function packPathways(expression: ArrayLike<number>, pathways: readonly Pathway[]): Float32Array {
  return Float32Array.from(pathways.flatMap(({ genes }) => genes.map((gene) => expression[gene]!)));
}
