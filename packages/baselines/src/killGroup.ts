/**
 * Kill the group that a process leads: itself and what it started.
 *
 * @returns false if there was nothing to kill.
 */
export function killGroup(leader: number | undefined): boolean {
  try {
    return leader !== undefined && process.kill(-leader, 'SIGKILL');
  } catch {
    return false;
  }
}
