import { existsSync, statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';

/** A reader of option values: what it returns is valid, what it throws names the allowed values. */
type Reader<T> = (value: string) => T;

/** Whole numbers of a range. */
export function wholeNumber(least: number, most: number): Reader<number> {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** Numbers above zero. */
export function positiveNumber(value: string): number {
  const number = value.trim() === '' ? NaN : Number(value);
  if (number > 0 && number < Infinity) return number;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** A list of whole numbers, separated by commas. */
export function wholeNumbers(least: number, most: number): Reader<number[]> {
  const one = wholeNumber(least, most);
  return (value) => value.split(',').map((part) => one(part.trim()));
}

/** A folder that exists, as it was typed. */
export function existingFolder(value: string): string {
  if (!existsSync(value)) throw new InvalidArgumentError('There is no such folder.');
  if (!statSync(value).isDirectory()) throw new InvalidArgumentError('That is not a folder.');
  return value;
}

/** A file that exists, as it was typed. */
export function existingFile(value: string): string {
  if (!existsSync(value)) throw new InvalidArgumentError('There is no such file.');
  if (!statSync(value).isFile()) throw new InvalidArgumentError('That is not a file.');
  return value;
}

/**
 * Names out of those that are known: one, several separated by commas, or `all`.
 *
 * @throws Error naming the option, the value and what is allowed.
 */
export function chooseNames(option: string, value: string, known: readonly string[]): string[] {
  if (value.trim() === 'all') return [...known];
  const names = [...new Set(value.split(',').map((name) => name.trim()))];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names;
  const allowed = `all, or any of ${known.join(', ')}`;
  throw new Error(`${option} ${value}: there is no ${unknown.join(', ')}. Allowed: ${allowed}.`);
}
