import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@concord/baselines';
import { initBackend } from '@concord/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { discoverBackbones } from '../backbones/discover.js';
import { describeBackbone, type BackboneDescription } from './describeBackbone.js';
import { describeAsMermaid } from './mermaid.js';
import { PAGE_COMMAND } from './page.js';
import { runDescribe } from './run.js';
import { PLUG_IN, stepsOf } from './steps.js';

const cwd = workspaceRoot();
const names = discoverBackbones(cwd).map(({ name }) => name);

beforeAll(() => initBackend());

describe('steps', () => {
  it('put both bags of the plug-in point together, and what went round it where it belongs', () => {
    const step = (name: string, ...from: string[]) => ({ name, shape: [1], from });
    const traced = [
      step('genes.linear', 'genes', 'w'),
      step('bags.weak', 'genes.linear'),
      step('bags.strong', 'patches'),
      step('module.weak', 'bags.weak'),
      step('module.strong', 'bags.strong'),
      step('call.1.bags.weak', 'bags.weak'),
      step('call.1.module.weak', 'call.1.bags.weak'),
      step('logits', 'module.weak', 'module.strong', 'bags.weak', 'w', 'v'),
    ];
    const steps = stepsOf(traced, { w: [2, 3], v: [4] });
    expect(steps.map(({ name, from, parameters }) => ({ name, from, parameters }))).toEqual([
      { name: 'genes.linear', from: ['genes'], parameters: 6 },
      { name: PLUG_IN, from: ['genes.linear', 'patches'], parameters: 0 },
      { name: 'logits', from: [PLUG_IN, 'genes.linear'], parameters: 4 },
    ]);
  });
});

describe.each(names)('the description of %s', (name) => {
  let found: BackboneDescription;
  beforeAll(async () => void (found = await describeBackbone(cwd, name)));

  it('counts every parameter once, in a step or as unread', () => {
    for (const { parameters, steps, unread } of Object.values(found.settings)) {
      const inSteps = steps.reduce((sum, step) => sum + step.parameters, 0);
      const outside = unread.reduce((sum, { shape }) => sum + shape.reduce((all, n) => all * n, 1), 0);
      expect(inSteps + outside).toBe(parameters);
    }
  });

  it('leads from the inputs through the plug-in point to the logits', () => {
    const { steps, plugIn } = found.settings.published;
    const from = new Map(steps.map((step) => [step.name, step.from]));
    const behind = (step: string): string[] => (from.get(step) ?? []).flatMap((one) => [one, ...behind(one)]);
    const seen = new Set(behind('logits'));
    const pluggable = plugIn.weak !== undefined || plugIn.strong !== undefined;
    expect(seen.has(PLUG_IN)).toBe(pluggable);
    if (found.reads.genes) expect(seen).toContain('genes');
    if (found.reads.patches) expect(seen).toContain('patches');
  });

  it('is a diagram whose every edge joins two of its nodes', () => {
    const lines = describeAsMermaid(found).split('\n');
    const nodes = new Set(lines.flatMap((line) => /^ {2}(n\d+)[[({]/.exec(line)?.[1] ?? []));
    const edges = lines.flatMap((line) => [...line.matchAll(/^ {2}(n\d+) --> (n\d+)$/g)]);
    expect(edges.length).toBeGreaterThanOrEqual(nodes.size - 1);
    for (const [, a, b] of edges) expect([nodes.has(a!), nodes.has(b!)]).toEqual([true, true]);
  });
});

it('docs/backbones.md is what the command writes', async () => {
  const page = readFileSync(join(cwd, 'docs', 'backbones.md'), 'utf8');
  expect(page, `make it again: ${PAGE_COMMAND} > docs/backbones.md`).toBe(
    await runDescribe({ backbones: names, cwd, format: 'page' }),
  );
});
