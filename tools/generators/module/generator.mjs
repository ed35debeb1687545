import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { generateFiles } from '@nx/devkit';
import { formatWritten } from '../formatted.mjs';
import { insertBefore, insertSorted } from '../insertLine.mjs';
import { namesOf } from '../names.mjs';

const FILES = join(import.meta.dirname, 'files');
const TYPESCRIPT = 'packages/modules/src';
const PYTHON = 'python-bridge/src/concord_bridge';

/**
 * Write a module variant: a small working one, its counterpart in Python, and its place among the variants.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {{ name: string }} options
 * @returns {Promise<() => void>} makes the reference numbers again, once the files are written.
 * @throws {Error} for a name that is taken.
 */
export async function generateModule(tree, { name }) {
  const names = namesOf('module', name);
  const { camel, pascal, snake } = names;
  for (const taken of [`${TYPESCRIPT}/${camel}.ts`, `${PYTHON}/modules/${snake}.py`]) {
    if (tree.exists(taken)) throw new Error(`there is a ${taken} already; choose another name`);
  }
  generateFiles(tree, join(FILES, 'typescript'), TYPESCRIPT, { ...names, template: '' });
  generateFiles(tree, join(FILES, 'python'), `${PYTHON}/modules`, { ...names, template: '' });

  const variants = { ts: `${TYPESCRIPT}/variants.ts`, py: `${PYTHON}/modules/variants.py` };
  insertSorted(tree, variants.ts, 'import {', `import { ${camel} } from './${camel}.js';`);
  insertBefore(tree, variants.ts, '} as const satisfies', `  '${name}': () => ${camel}(),`);
  const options = `export { ${camel}, type ${pascal}Options } from './${camel}.js';`;
  insertBefore(tree, `${TYPESCRIPT}/index.ts`, 'export { ModuleOptionError', `${options}\n`);
  const imported = 'from concord_bridge.modules.';
  insertSorted(tree, variants.py, imported, `${imported}${snake} import ${pascal}`);
  insertBefore(tree, variants.py, '}', `    "${name}": ${pascal}(),`);
  const draw = `        tape[f"${name}.scale.{side}"] = torch.randn(count)`;
  insertBefore(tree, `${PYTHON}/reference_numbers/modules.py`, '    tape["sdir.mask"]', draw);

  await formatWritten(tree);
  return () => writeReferenceNumbers(tree.root);
}

/** @param {string} root */
function writeReferenceNumbers(root) {
  const python = process.env.CONCORD_BRIDGE_PYTHON || join(root, '.venv', 'bin', 'python');
  const maker = ['-m', 'concord_bridge.reference_numbers.modules', join(root, 'packages/modules/reference')];
  execFileSync(python, maker, {
    env: { ...process.env, PYTHONPATH: join(root, 'python-bridge', 'src') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
