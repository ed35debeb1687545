import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { TRAINING_PROCESS } from './trainingProcess.js';

const program = join(import.meta.dirname, '../../bin/concord');
/** Says of the process that it is loaded into what it was started with. */
const SPY = `data:text/javascript,${encodeURIComponent(
  'console.error(JSON.stringify([process.pid, process.env.GLIBC_TUNABLES ?? null, process.execArgv]))',
)}`;

/** Start the program as npm links it. */
async function started(command: string, tunables?: string) {
  const running = execa(program, [command, '--help'], {
    env: { NODE_OPTIONS: `--import ${SPY}`, GLIBC_TUNABLES: tunables },
  });
  const { stderr } = await running;
  const [pid, found, flags] = JSON.parse(stderr.split('\n')[0]!) as [number, string | null, string[]];
  return { isSame: pid === running.pid, tunables: found, flags };
}

describe('concord, as it is linked', () => {
  it('starts a training as workers of a study are started, in the process that was asked for', async () => {
    const { tunables, nodeFlags } = TRAINING_PROCESS;
    expect(await started('train')).toEqual({ isSame: true, tunables, flags: nodeFlags });
  });

  it("leaves a person's own tunables, and other commands, as they are", async () => {
    expect(await started('train', 'glibc.malloc.arena_max=3')).toMatchObject({
      tunables: 'glibc.malloc.arena_max=3',
    });
    expect(await started('list')).toEqual({ isSame: true, tunables: null, flags: [] });
  });
});
