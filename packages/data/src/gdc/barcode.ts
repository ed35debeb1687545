import { DataError } from '../dataError.js';
import { analyteName, RECORD_KINDS, sampleTypeOf, SLIDE_KINDS, type SampleType } from './barcodeCodes.js';
import { clipped, isUuid } from './uuid.js';

/** What the longest part of a barcode names. */
export type BarcodeKind = 'site' | 'case' | 'sample' | 'portion' | 'analyte' | 'aliquot' | 'slide' | 'record';

/** A TCGA barcode in its parts; those that it does not reach are absent. */
export interface Barcode {
  readonly kind: BarcodeKind;
  /** The whole barcode, in upper case. */
  readonly text: string;
  readonly project: 'TCGA';
  /** Tissue source site, two characters. */
  readonly site: string;
  readonly participant?: string;
  /** The first twelve characters, which name the patient. */
  readonly caseId?: string;
  readonly sampleType?: SampleType;
  readonly vial?: string;
  /** Two digits. */
  readonly portion?: string;
  readonly analyte?: { readonly code: string; readonly name: string };
  readonly plate?: string;
  /** Two digits: the centre that received the aliquot. */
  readonly centre?: string;
  /** `code` TS, MS, BS or DX; `order` a digit or a letter. */
  readonly slide?: {
    readonly code: keyof typeof SLIDE_KINDS;
    readonly name: string;
    readonly order: string;
  };
  /** A drug, an examination, a radiation or a surgery of the patient: not tissue. */
  readonly record?: { readonly code: string; readonly name: string; readonly number: string };
}

/** Fields by position: their name, their form, and one that is right. */
const FIELDS = [
  ['project', /^TCGA$/i, 'TCGA; barcodes of other programmes are built otherwise'],
  ['tissue source site', /^[0-9A-Z]{2}$/i, 'two letters or digits, such as 02'],
  ['participant', /^[0-9A-Z]{4}$/i, 'four letters or digits, such as 0001'],
  ['sample type and vial', /^[0-9]{2}[A-Z]?$/i, 'two digits and a letter, such as 01A'],
  ['portion and analyte', /^[0-9]{2}[A-Z]?$/i, 'two digits, and a letter if an analyte follows, such as 11R'],
  ['plate', /^[0-9A-Z]{4}$/i, 'four letters or digits such as A30G, or a slide such as DX1'],
  ['centre', /^[0-9]{2}$/, 'two digits, such as 07'],
] as const;

const SLIDE = /^(TS|MS|BS|DX)([0-9]{1,2}|[A-Z])$/;
const RECORD = /^([CERS])([0-9]+)$/;

/**
 * Read a TCGA barcode of any length. Lower case is accepted, upper case is what comes out.
 *
 * @param where file and line, for the message.
 * @throws DataError saying which field is wrong, what it holds and what was expected.
 * @source NCI-GDC/gdc-docs@880f321, Encyclopedia/TCGA_Barcode: `TCGA-TSS-PPPP-SSV-PPA-PLAT-CC`. Slides are not
 *   required to be 01Z-00-DX: seven of 931 diagnostic slides of BRCA are not.
 */
export function parseBarcode(text: string, where = 'barcode'): Barcode {
  const refuse = (problem: string): never => {
    throw new DataError(where, `"${clipped(text)}" is no TCGA barcode: ${problem}`);
  };
  const raw = text.split('-', FIELDS.length + 1);
  if (raw.length < 2) refuse('it has one field; expected TCGA-02-0001 and so on, separated by -');
  if (raw.length > FIELDS.length) refuse(`it has more than ${FIELDS.length} fields`);
  const fields = raw.map((field) => field.toUpperCase());
  const record = raw.length === 4 ? RECORD.exec(fields[3]!) : null;
  const slide = raw.length === 6 ? SLIDE.exec(fields[5]!) : null;
  raw.forEach((field, i) => {
    if ((i === 3 && record) || (i === 5 && slide)) return;
    const [name, form, expected] = FIELDS[i]!;
    if (!form.test(field))
      refuse(`field ${i + 1} (${name}) is "${clipped(field, 20)}"; expected ${expected}`);
  });

  const [, site, participant, sample, portion, plate, centre] = fields;
  const base = {
    text: fields.join('-'),
    project: 'TCGA' as const,
    site: site!,
    ...(participant && { participant, caseId: fields.slice(0, 3).join('-') }),
  };
  if (!participant) return { kind: 'site', ...base };
  if (!sample) return { kind: 'case', ...base };
  if (record) {
    const [, code, number] = record as unknown as [string, keyof typeof RECORD_KINDS, string];
    return { kind: 'record', ...base, record: { code, name: RECORD_KINDS[code], number } };
  }
  const sampleType = sampleTypeOf(sample.slice(0, 2));
  if (!sampleType) {
    return refuse(`field 4 (sample type) is ${sample.slice(0, 2)}; expected 01–29, 40, 50, 60 or 61`);
  }
  const vial = sample.slice(2);
  const ofSample = { ...base, sampleType, ...(vial && { vial }) };
  if (!portion) return { kind: 'sample', ...ofSample };
  const letter = portion.slice(2);
  const ofPortion = {
    ...ofSample,
    portion: portion.slice(0, 2),
    ...(letter && { analyte: { code: letter, name: analyteName(letter) } }),
  };
  if (slide) {
    if (letter) refuse(`field 5 is ${portion}; a slide is cut from a portion, which has no analyte letter`);
    const [, code, order] = slide as unknown as [string, keyof typeof SLIDE_KINDS, string];
    return { kind: 'slide', ...ofPortion, slide: { code, name: SLIDE_KINDS[code], order } };
  }
  if (!plate) return { kind: letter ? 'analyte' : 'portion', ...ofPortion };
  // Portions were shipped for protein arrays without an analyte: TCGA-AA-3524-01A-21-1942-20.
  return { kind: 'aliquot', ...ofPortion, plate, ...(centre && { centre }) };
}

/** A barcode, or nothing where the text is none. */
export function tryBarcode(text: string): Barcode | undefined {
  try {
    return parseBarcode(text);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/**
 * The barcode and the UUID of a file name such as `TCGA-02-0001-01Z-00-DX1.<uuid>.svs`: the barcode ends at the
 * first dot.
 *
 * @throws DataError if what stands before the first dot is no barcode.
 */
export function barcodeOfFileName(name: string): { readonly barcode: Barcode; readonly uuid?: string } {
  const [stem, second] = name.split('.', 2);
  const barcode = parseBarcode(stem!, `file name ${clipped(name)}`);
  return { barcode, ...(second && isUuid(second) && { uuid: second.toLowerCase() }) };
}
