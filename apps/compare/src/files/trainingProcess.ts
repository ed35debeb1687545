/**
 * How a process of its own is started that trains. Large tensors come and go in every step: with huge pages nobody
 * pays for each page anew, and one arena does not keep what another could use. The objects of JavaScript are few
 * and small beside tensors, so that its nursery can be.
 */
export const TRAINING_PROCESS = {
  /** Read by glibc when a process starts; other C libraries do not look at it. */
  tunables: 'glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1',
  nodeFlags: ['--max-semi-space-size=1'],
  /** What a worker of a grid gets beside the environment that is there: one thread, and the above. */
  environment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
    return {
      GLIBC_TUNABLES: own['GLIBC_TUNABLES'] ?? this.tunables,
      ...{ OMP_NUM_THREADS: '1', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' },
    };
  },
} as const;
