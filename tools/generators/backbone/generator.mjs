import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { generateFiles } from '@nx/devkit';
import { formatWritten } from '../formatted.mjs';
import { namesOf } from '../names.mjs';
import { linkPackages } from '../npm.mjs';
import { addToWorkspace } from './workspace.mjs';

const FILES = join(import.meta.dirname, 'files');

/**
 * Write a backbone: a small working model of two modalities, its counterpart in Python, a test and a page.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {{ name: string, directory?: string }} options `directory`: a project of its own, outside the checkout.
 * @returns {Promise<() => void>} links the packages, once the files are written.
 * @throws {Error} for a name that is taken, or a directory that cannot become a project.
 */
export async function generateBackbone(tree, { name, directory }) {
  const names = namesOf('backbone', name);
  const python = 'python-bridge/src/concord_bridge/backbones';
  for (const taken of [`packages/backbones/${name}`, `${python}/${names.snake}.py`]) {
    if (tree.exists(taken)) throw new Error(`there is a ${taken} already; choose another name`);
  }
  const inside = directory === undefined;
  const folder = inside ? `packages/backbones/${name}` : outsideOf(tree.root, directory);
  const target = resolve(tree.root, folder);
  const given = { ...names, inside, checkout: relative(target, tree.root), template: '' };
  /** @param {string} part @param {string} to */
  const write = (part, to) => generateFiles(tree, join(FILES, part), to, given);
  write('model', folder);
  if (inside) {
    write('inside', folder);
    write('python', python);
    write('page', 'docs/backbones');
    addToWorkspace(tree, name, folder);
  } else {
    write('outside', folder);
    write('python', `${folder}/python`);
    write('page', folder);
    tree.rename(`${folder}/${name}.md`, `${folder}/README.md`);
  }
  await formatWritten(tree);
  return () => linkPackages(inside ? tree.root : target);
}

/**
 * @param {string} root of the checkout. @param {string} directory seen from it.
 * @returns {string} as the tree takes it.
 */
function outsideOf(root, directory) {
  const target = resolve(root, directory);
  if (target === root || target.startsWith(root + sep)) {
    throw new Error(`--directory ${directory} lies inside the checkout; leave it out to add a package here`);
  }
  if (existsSync(join(target, 'package.json')) || existsSync(join(target, 'src'))) {
    throw new Error(`--directory ${directory} holds a project already; name a new or an empty folder`);
  }
  return relative(root, target).split(sep).join('/');
}
