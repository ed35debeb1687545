import { tmpdir } from 'node:os';
import { openBridge, workspaceRoot } from '@concord/baselines';
import { expect, it } from 'vitest';
import { findWitnesses, publishedFiles } from './witnesses.js';

it('both stacks know the same published checkouts, at the same commits', async () => {
  const bridge = await openBridge();
  try {
    const there = await bridge.call<Record<string, { readonly commit: string; readonly missing?: string }>>(
      'published.check',
      { published: tmpdir() },
    );
    const here = await publishedFiles(workspaceRoot());
    expect(Object.fromEntries(here.map(({ repository, commit }) => [repository, commit]))).toEqual(
      Object.fromEntries(Object.entries(there).map(([repository, { commit }]) => [repository, commit])),
    );
    for (const [repository, { missing }] of Object.entries(there)) expect(missing).toContain(repository);
  } finally {
    await bridge.close();
  }
});

it('lists each of them as not found where there is none', async () => {
  const [reference, ...published] = await findWitnesses(workspaceRoot(), tmpdir());
  expect(reference).toMatchObject({ name: 'reference', found: true });
  expect(published.length).toBeGreaterThan(10);
  for (const { found, detail } of published) {
    expect(found).toBe(false);
    expect(detail).toMatch(/expected a checkout of .+ at [0-9a-f]{7}$/);
  }
});
