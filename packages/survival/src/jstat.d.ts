/** What this package uses of jStat, which ships no types. */
declare module 'jstat' {
  const jStat: { readonly tukey: { inv(p: number, groups: number, degrees: number): number } };
  export default jStat;
}
