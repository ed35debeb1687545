import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../setup/paths.mjs';
import { copyCheckout, type CheckoutCopy } from './checkoutCopy.testing.js';

/** From the command to a green report. */
const LIMIT_SECONDS = 180;

const ruff = join(root, '.venv', 'bin', 'ruff');

let checkout: CheckoutCopy;
beforeAll(async () => void (checkout = await copyCheckout()));
afterAll(() => checkout.remove());

/** How many seconds it takes. */
async function seconds(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

describe('what a generator writes, untouched', { timeout: 600_000 }, () => {
  it('a backbone passes lint, types, its test and parity', async () => {
    const { run } = checkout;
    const took = await seconds(async () => {
      await run('npx nx g @concord/tools:backbone inner-model');
      expect(await run('npx nx run compare:parity --backbone inner-model --steps 10')).toMatch(
        /SAME.* of 1[0-9] subjects agree/,
      );
    });
    console.log(`backbone inside the checkout: ${took.toFixed(0)} s from the command to SAME`);
    expect(took).toBeLessThan(LIMIT_SECONDS);
    expect(await run('npx nx run backbone-inner-model:test')).toMatch(/5 passed/);
    await run('npx eslint packages/backbones/inner-model');
    await run('npx prettier --check packages/backbones docs apps/compare/package.json "**/tsconfig.json"');
    await run(`${ruff} check python-bridge && ${ruff} format --check python-bridge`);
    expect(await run('npm ls @concord/backbone-inner-model --package-lock-only')).toContain('inner-model');
  });

  it('a backbone in a project of its own does, too', async () => {
    const { run, outside } = checkout;
    const there = { cwd: outside };
    await run('npx tsc -b');
    const took = await seconds(async () => {
      await run('npx nx g @concord/tools:backbone outer-model --directory ../outside');
      expect(await run('npm run parity -- --steps 10', there)).toMatch(/SAME.* of 1[0-9] subjects agree/);
    });
    console.log(`backbone in a project of its own: ${took.toFixed(0)} s from the command to SAME`);
    expect(took).toBeLessThan(LIMIT_SECONDS);
    expect(await run('npm test', there)).toMatch(/5 passed/);
    await run('npm run lint', there);
    await run(`${ruff} check python && ${ruff} format --check python`, there);
  });

  it('a module passes lint, types, its tests and parity', async () => {
    const { run } = checkout;
    const took = await seconds(async () => {
      await run('npx nx g @concord/tools:module inner-module');
      expect(await run('npx nx run compare:parity --module inner-module --steps 10')).toMatch(
        /SAME.* of 1 subjects? agree/,
      );
    });
    console.log(`module: ${took.toFixed(0)} s from the command to SAME`);
    expect(took).toBeLessThan(LIMIT_SECONDS);
    expect(await run('npx nx run modules:test')).toMatch(/inner-module, training|passed/);
    await run('npx eslint packages/modules && npx prettier --check packages/modules');
    await run(`${ruff} check python-bridge && ${ruff} format --check python-bridge`);
    const python = checkout.run(
      '"$CONCORD_BRIDGE_PYTHON" -m pytest tests/test_reference.py -k makers_write',
      {
        cwd: join(checkout.folder, 'python-bridge'),
      },
    );
    expect(await python).toMatch(/[1-9]\d* passed/);
  });

  it.each([
    ['npx nx g @concord/tools:backbone Inner_Model', /at most 24 small letters/],
    ['npx nx g @concord/tools:backbone class', /that name is taken/],
    ['npx nx g @concord/tools:backbone survpath', /there is a packages\/backbones\/survpath already/],
    ['npx nx g @concord/tools:backbone other --directory packages', /lies inside the checkout/],
    ['npx nx g @concord/tools:backbone other --directory ../outside', /holds a project already/],
    ['npx nx g @concord/tools:module sdir', /there is a packages\/modules\/src\/sdir.ts already/],
  ])('%s is refused', async (command, words) => {
    await expect(checkout.run(command)).rejects.toThrow(words);
  });
});
