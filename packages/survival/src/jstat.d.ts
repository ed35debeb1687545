/** What this package uses of jStat, which ships no types. */
declare module 'jstat' {
  const jStat: { readonly tukey: { inv(p: number, groups: number, degrees: number): number } };
  // eslint-disable-next-line no-restricted-syntax -- the package has nothing but a default export
  export default jStat;
}
