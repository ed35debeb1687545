/**
 * Names of the fields in which two plain values differ: `config.cohorts.blca.digests.genes`. Members of a list that
 * have a name are known by it, others by their place.
 */
export function changedFields(before: unknown, now: unknown, path = ''): string[] {
  const [a, b] = [named(before), named(now)];
  if (!a || !b) return JSON.stringify(before) === JSON.stringify(now) ? [] : [path];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((key) => {
    const inner = path === '' ? key : `${path}.${key}`;
    return a.has(key) && b.has(key) ? changedFields(a.get(key), b.get(key), inner) : [inner];
  });
}

function named(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value).filter(([, one]) => one !== undefined));
  return new Map(
    value.map((one: unknown, i) => [
      typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string'
        ? one.name
        : String(i),
      one,
    ]),
  );
}
