/**
 * How a process of its own is started that trains. Large tensors come and go in every step: with huge pages nobody
 * pays for each page anew, and one arena does not keep what another could use. The objects of JavaScript are few
 * and small beside tensors, so that its nursery can be.
 */
export const TRAINING_PROCESS = {
  /** Read by glibc when a process starts; other C libraries do not look at it. */
  tunables: 'glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1',
  nodeFlags: ['--max-semi-space-size=1'],
} as const;
