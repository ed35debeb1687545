import { execFileSync } from 'node:child_process';

/**
 * Let npm link and lock what package.json names now. Everything else is installed already, so that nothing has
 * to be fetched; where it is not, npm may.
 *
 * @param {string} folder
 */
export function linkPackages(folder) {
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  execFileSync('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}
