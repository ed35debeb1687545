import { join } from 'node:path';
import * as prettier from 'prettier';

/**
 * Format what was written, also outside the workspace, by the workspace's own rules.
 *
 * @param {import('@nx/devkit').Tree} tree
 */
export async function formatWritten(tree) {
  const rules = await prettier.resolveConfig(join(tree.root, 'package.json'));
  for (const { path, content, type } of tree.listChanges()) {
    const { inferredParser } = await prettier.getFileInfo(path);
    if (type === 'DELETE' || !content || !inferredParser || path.endsWith('package-lock.json')) continue;
    tree.write(path, await prettier.format(content.toString(), { ...rules, parser: inferredParser }));
  }
}
