import type { AskedCell } from './engine.js';
import type { GridFolder, RunningRecord } from './gridFolder.js';

/** Milliseconds between two writings because of steps. */
const STEP_MS = 2000;

/** Keeps which cells are under way in a file, for `grid status` in another process. */
export class RunningBoard {
  private readonly running = new Map<string, RunningRecord>();
  private written = 0;

  constructor(private readonly folder: GridFolder) {
    this.write();
  }

  begin({ folder }: AskedCell, where: string): void {
    this.running.set(folder, { folder, where, since: new Date().toISOString(), steps: 0 });
    this.write();
  }

  step({ folder }: AskedCell, steps: number): void {
    const one = this.running.get(folder);
    if (!one) return;
    this.running.set(folder, { ...one, steps });
    if (performance.now() - this.written > STEP_MS) this.write();
  }

  end({ folder }: AskedCell): void {
    if (this.running.delete(folder)) this.write();
  }

  private write(): void {
    this.written = performance.now();
    this.folder.writeRunning([...this.running.values()]);
  }
}
