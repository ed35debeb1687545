import gammainc from '@stdlib/math-base-special-gammainc';
import cdfNormal from '@stdlib/stats-base-dists-normal-cdf';
import quantileNormal from '@stdlib/stats-base-dists-normal-quantile';
import cdfStudent from '@stdlib/stats-base-dists-t-cdf';
import quantileStudent from '@stdlib/stats-base-dists-t-quantile';
import jStat from 'jstat';

/** P(X > x) of χ² with so many degrees of freedom, accurate for small p as well. */
export function chiSquareTail(x: number, degrees: number): number {
  return gammainc(x / 2, degrees / 2, true, true);
}

/** Quantile of the standard normal distribution. */
export function normalQuantile(p: number): number {
  return quantileNormal(p, 0, 1);
}

/** P(X ≤ x) of the standard normal distribution. */
export function normalCdf(x: number): number {
  return cdfNormal(x, 0, 1);
}

/** Quantile of Student's t. */
export function studentQuantile(p: number, degrees: number): number {
  return quantileStudent(p, degrees);
}

/** P(T > t) of Student's t, for t from 0. */
export function studentTail(t: number, degrees: number): number {
  return cdfStudent(-t, degrees);
}

/** Quantile of the studentised range of so many groups, with the variance known. */
export function tukeyQuantile(p: number, groups: number): number {
  return jStat.tukey.inv(p, groups, 1e6);
}
