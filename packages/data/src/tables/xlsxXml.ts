import sax from 'sax';
import { DataError } from '../dataError.js';

/** What a reader of XML hears; names come without their prefix. */
export interface XmlEvents {
  open(tag: string, attributes: Readonly<Record<string, string>>): void;
  /** Text, in pieces. @param tag the innermost element that it stands in. */
  text?(text: string, tag: string): void;
  close?(tag: string): void;
}

/** Characters that are handed over at once: the parser drops what it has told. */
const PIECE = 2 ** 16;
/** Elements of a sheet lie six deep. */
const MAX_DEPTH = 100;

/**
 * Walk through a part of a workbook. Nothing is fetched and no entity is defined by the file.
 *
 * @throws DataError for bytes that are no UTF-8 and XML that is malformed, cut off, or declares a document type, which
 *   workbooks must not.
 */
export function readXml(bytes: Uint8Array, where: string, events: XmlEvents): void {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DataError(where, 'is not UTF-8; save the workbook again');
  }
  const parser = sax.parser(true, { position: false });
  const inside: string[] = [];
  parser.onopentag = ({ name, attributes }) => {
    inside.push(localName(name));
    if (inside.length > MAX_DEPTH) throw new DataError(where, `nests deeper than ${MAX_DEPTH} elements`);
    events.open(inside.at(-1)!, attributes as Record<string, string>);
  };
  parser.ontext = parser.oncdata = (part) => events.text?.(part, inside.at(-1)!);
  parser.onclosetag = () => events.close?.(inside.pop()!);
  parser.ondoctype = () => {
    throw new DataError(where, 'declares a document type, which a workbook must not');
  };
  parser.onerror = (error) => {
    throw new DataError(where, `is malformed (${error.message.split('\n')[0]}); save the workbook again`);
  };
  for (let at = 0; at < text.length; at += PIECE) parser.write(text.slice(at, at + PIECE));
  parser.close();
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
