/** How the learning rate goes on, as a factor of the protocol's. */
export type Schedule =
  | { readonly name: 'constant' }
  | {
      /** Rises evenly over `warmUp` of all steps, then falls along half a cosine to `floor`. */
      readonly name: 'cosine';
      /** Share of the steps, from 0 below 1. */
      readonly warmUp: number;
      /** Factor at the end. */
      readonly floor: number;
    };

/**
 * The factor of one step.
 *
 * @param step from 0. @param steps of the whole run.
 * @source arXiv 1608.03983, equation 5, without restarts.
 */
export function rateFactor(schedule: Schedule, step: number, steps: number): number {
  if (schedule.name === 'constant') return 1;
  const { warmUp, floor } = schedule;
  const rising = Math.round(warmUp * steps);
  if (step < rising) return (step + 1) / rising;
  const share = (step - rising) / Math.max(1, steps - rising - 1);
  return floor + ((1 - floor) * (1 + Math.cos(Math.PI * share))) / 2;
}
