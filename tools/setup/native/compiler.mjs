import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The C++ compiler: CXX, else c++, g++, clang++; as a path, or undefined if there is none.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function findCompiler(env) {
  const names = env['CXX'] ? [env['CXX']] : ['c++', 'g++', 'clang++'];
  for (const name of names) {
    if (isAbsolute(name)) {
      if (isExecutable(name)) return name;
      continue;
    }
    for (const folder of (env['PATH'] ?? '').split(delimiter)) {
      if (folder !== '' && isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
