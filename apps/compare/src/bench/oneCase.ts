/** The benchmark takes one case a step in every stack, whatever the protocol's batch and accumulation. */
export const ONE_CASE = { batch: 1, accumulate: 1 };
