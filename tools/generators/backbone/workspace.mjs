import { updateJson } from '@nx/devkit';

/**
 * Make a package part of the workspace: the compiler builds it, and the app depends on it.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {string} name of the backbone.
 * @param {string} folder of its package.
 */
export function addToWorkspace(tree, name, folder) {
  addReference(tree, 'tsconfig.json', folder);
  addReference(tree, 'apps/compare/tsconfig.json', `../../${folder}`);
  updateJson(tree, 'apps/compare/package.json', (manifest) => ({
    ...manifest,
    dependencies: sorted({ ...manifest.dependencies, [`@concord/backbone-${name}`]: '0.1.0' }),
  }));
}

/** @param {import('@nx/devkit').Tree} tree @param {string} file @param {string} path */
function addReference(tree, file, path) {
  updateJson(tree, file, (config) => ({ ...config, references: [...config.references, { path }] }));
}

/** @param {Record<string, string>} dependencies */
function sorted(dependencies) {
  return Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1)));
}
