/** Colours on a terminal, unless NO_COLOR (https://no-color.org) or a dumb one forbids them; FORCE_COLOR wants them. */
export function isColorSupported(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true;
  return Boolean(isTTY) && env['TERM'] !== 'dumb';
}
