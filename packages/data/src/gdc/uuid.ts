import { DataError } from '../dataError.js';

const UUID = /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;

/** Whether a text is 8-4-4-4-12 hexadecimal digits, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * The UUID in lower case, as the GDC prints it: a quarter of TCGA's slide names carry it in upper case.
 *
 * @param where file and line, for the message.
 * @throws DataError saying which group of digits is wrong.
 */
export function parseUuid(text: string, where = 'UUID'): string {
  if (isUuid(text)) return text.toLowerCase();
  throw new DataError(where, `"${clipped(text)}" is no UUID: ${uuidProblem(text)}`);
}

function uuidProblem(text: string): string {
  const lengths = [8, 4, 4, 4, 12];
  const groups = text.split('-');
  if (groups.length !== lengths.length) {
    return `it has ${groups.length} groups; expected five of 8-4-4-4-12 hexadecimal digits, separated by -`;
  }
  const wrong = groups.findIndex((group, i) => group.length !== lengths[i] || !/^[0-9A-Fa-f]+$/.test(group));
  return `its group ${wrong + 1}, "${clipped(groups[wrong]!)}", is not ${lengths[wrong]} hexadecimal digits`;
}

/** As much of an untrusted text as a message should carry, with control characters made visible. */
export function clipped(text: string, most = 80): string {
  const plain = JSON.stringify(text.slice(0, most)).slice(1, -1);
  return text.length > most ? `${plain}…` : plain;
}
