/** What a check can show for its verdict. */
export type Evidence = { readonly name: string } & (
  | { readonly number: Cell; readonly unit?: string }
  | { readonly text: string }
  | { readonly tensor: { readonly shape: readonly number[]; readonly values: readonly Cell[] } }
  | { readonly table: { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] } }
);

/** NaN and infinities are words. */
export type Cell = string | number | boolean | null;

export const VERDICTS = ['holds', 'fails', 'cannot be tested here'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a check said: its verdict, why, and what was seen. */
export interface Finding {
  readonly verdict: Verdict;
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** Versions of the packages that it ran with. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The finding of the last recorded run, in a JSON file beside the claim. */
export interface ClaimRecord extends Finding {
  /** The command that found it. */
  readonly command: string;
}

/** A repository at the commit that was read. */
export interface Checkout {
  readonly name: string;
  /** owner/name. */
  readonly source: string;
  /** '' where none is pinned yet. */
  readonly commit: string;
}

/** What a folder of claims is about. */
export interface Paper {
  readonly title: string;
  readonly introduction: string;
  readonly checkouts: readonly Checkout[];
}

/** A claim as its file states it. */
export interface Claim {
  readonly id: string;
  readonly paper: string;
  /** Of its file. */
  readonly path: string;
  readonly sentence: string;
  readonly kind: 'code' | 'data' | 'protocol' | 'result';
  readonly source: string;
  readonly recorded: Verdict;
  readonly meaning: string;
  /** Files that the check needs, each `<checkout>/<path>`. */
  readonly reads: readonly string[];
  readonly register: readonly string[];
  readonly record: ClaimRecord | null;
}

/** Something that is wrong with the audit itself, not with what is audited. */
export interface Problem {
  readonly where: string;
  readonly problem: string;
}

/** Every claim of a folder, read and not run. */
export interface Listing {
  readonly papers: Readonly<Record<string, Paper>>;
  readonly claims: readonly Claim[];
  readonly problems: readonly Problem[];
}
