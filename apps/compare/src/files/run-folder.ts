import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Make a folder of its own for a run, named by its time: `reports/parity/20251123-133800`. Two runs in the same
 * second get two folders.
 */
export function makeRunFolder(parent: string, time: Date): string {
  mkdirSync(parent, { recursive: true });
  const [day, clock] = time.toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
  for (let i = 1; ; i++) {
    const folder = join(parent, `${day}-${clock}${i > 1 ? `-${i}` : ''}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
