import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command, type Option } from 'commander';
import { parse } from 'yaml';

/**
 * Give a command the options that a file holds: `epochs: 2`, `seeds: [7, 8]`, under the names that they have on the
 * command line. What was given there has the last word.
 *
 * @throws Error naming the file, the key and what is allowed.
 */
export function readGridFile(path: string, command: Command): void {
  const text = readFileSync(path, 'utf8');
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new Error(`${path}: not YAML: ${(error as Error).message}`, { cause: error });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new Error(`${path}: expected options by name, such as \`backbone: [survpath, ridge-cox]\``);
  }
  for (const [key, value] of Object.entries(content)) {
    const option = command.options.find(({ long }) => long === `--${key}`);
    if (!option) {
      const names = command.options.map(({ long }) => long!.slice(2)).join(', ');
      throw new Error(`${path}: there is no option ${key}. Allowed: ${names}.`);
    }
    const name = option.attributeName();
    if (command.getOptionValueSource(name) === 'cli') continue;
    command.setOptionValueWithSource(name, valueOf(path, key, value, option), 'config');
  }
}

function valueOf(path: string, key: string, value: unknown, option: Option): unknown {
  if (option.isBoolean()) {
    if (typeof value === 'boolean') return value;
    throw new Error(`${path}: ${key}: expected true or false, got ${JSON.stringify(value)}`);
  }
  const words: unknown[] = Array.isArray(value) ? value : [value];
  const wrong = words.find((word) => typeof word !== 'string' && typeof word !== 'number');
  if (wrong !== undefined || words.length === 0) {
    throw new Error(`${path}: ${key}: expected a value or a list of them, got ${JSON.stringify(value)}`);
  }
  const text = words.join(',');
  try {
    return option.parseArg ? option.parseArg(text, undefined) : text;
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new Error(`${path}: ${key}: ${text}: ${error.message}`, { cause: error });
  }
}
