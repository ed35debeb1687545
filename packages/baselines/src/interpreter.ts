import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BridgeStartError } from './errors.js';
import { workspaceRoot } from './workspace.js';

/** The Python that set-up prepared, or the one that CONCORD_PYTHON names. */
export function pythonInterpreter(): string {
  const folder = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  return process.env['CONCORD_PYTHON'] ?? join(workspaceRoot(), '.venv', ...folder);
}

/** @throws BridgeStartError if it is missing or cannot import concord_bridge. */
export async function checkInterpreter(python: string): Promise<void> {
  if (python.includes('/') && !existsSync(python)) {
    throw new BridgeStartError(`no Python at ${python}; run npm run setup`);
  }
  try {
    await promisify(execFile)(python, ['-c', 'import concord_bridge.worker'], { timeout: 30_000 });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(error);
    throw new BridgeStartError(`${python} cannot import concord_bridge (${said}); run npm run setup`);
  }
}
