/** An option of a module has a value that makes no sense. */
export class ModuleOptionError extends RangeError {
  override readonly name = 'ModuleOptionError';
}

/** The interval an option may lie in; the bounds themselves only where they are said to be included. */
interface Allowed {
  readonly from: number;
  readonly to: number;
  readonly includes?: 'both' | 'from' | 'to' | 'none';
}

/**
 * Check a numeric option at the door.
 *
 * @throws ModuleOptionError naming module, option, value and what is allowed.
 */
export function requireOption(
  module: string,
  option: string,
  value: number,
  { from, to, includes = 'both' }: Allowed,
): void {
  const above = includes === 'both' || includes === 'from' ? value >= from : value > from;
  const below = includes === 'both' || includes === 'to' ? value <= to : value < to;
  if (above && below) return;
  const [open, close] = [
    includes === 'both' || includes === 'from' ? '[' : '(',
    includes === 'both' || includes === 'to' ? ']' : ')',
  ];
  throw new ModuleOptionError(`${module}: ${option} is ${value}, allowed is ${open}${from}, ${to}${close}`);
}
