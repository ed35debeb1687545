import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

/** Packages whose source and build a sandbox copies, beside the backbones; everything else is linked. */
const ROOMS = [
  'apps/compare',
  ...['backbone', 'baselines', 'data', 'modules', 'nn', 'safetensors', 'survival', 'testing', 'training'].map(
    (name) => `packages/${name}`,
  ),
];

/**
 * A copy of sources and build in which one source file can be replaced, so that the checkout itself is never touched.
 *
 * @param {string} root of the workspace, built.
 */
export function createSandbox(root) {
  const folder = mkdtempSync(join(tmpdir(), 'concord-mutants-'));
  mkdirSync(join(folder, 'node_modules', '@concord'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@concord')
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  const backbones = readdirSync(join(root, 'packages', 'backbones')).map(
    (name) => `packages/backbones/${name}`,
  );
  for (const room of [...ROOMS, ...backbones]) {
    for (const part of ['dist', 'src', 'package.json'])
      cpSync(join(root, room, part), join(folder, room, part), { recursive: true });
    const { name } = JSON.parse(readFileSync(join(root, room, 'package.json'), 'utf8'));
    symlinkSync(resolve(folder, room), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'nx.json'), '{}');
  cpSync(join(root, 'vitest.config.ts'), join(folder, 'vitest.config.ts'));
  return { folder, mutate, remove: () => rmSync(folder, { recursive: true, force: true }) };

  /**
   * Replace one piece of text of one source file in the copy.
   *
   * @param {{ file: string, find: string, replace: string }} mutant
   * @returns {() => void} undoes it.
   */
  function mutate({ file, find, replace }) {
    const source = readFileSync(join(folder, file), 'utf8');
    const places = source.split(find).length - 1;
    // Prettier may break the line: whitespace in `find` stands for any whitespace.
    const pattern = new RegExp(
      find
        .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        .replace(/\s+/g, '\\s*')
        .replace(/\\\(/g, '\\(\\s*')
        .replace(/,\\s\*/g, ',\\s*'),
      'g',
    );
    const matches = [...source.matchAll(pattern)];
    if (places !== 1 && matches.length !== 1)
      throw new Error(`${file}: "${find}" occurs ${Math.max(places, matches.length)} times, expected once`);
    const mutated =
      places === 1 ? source.replace(find, () => replace) : source.replace(pattern, () => replace);
    const { outputText } = ts.transpileModule(mutated, {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
      },
    });
    const target = join(folder, relative('.', file).replace('/src/', '/dist/').replace(/\.ts$/, '.js'));
    const original = readFileSync(target);
    writeFileSync(target, outputText);
    writeFileSync(join(folder, file), mutated);
    return () => {
      writeFileSync(target, original);
      writeFileSync(join(folder, file), source);
    };
  }
}
