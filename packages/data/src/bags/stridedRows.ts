import { FLOAT_BYTES, swapBytes, type FloatType } from './floatType.js';
import { forEachRun, rowCount, type RowSelection, type RowSource } from './rows.js';

/** A matrix that lies in a file as numbers at regular distances. */
export interface StridedView {
  readonly dtype: FloatType;
  readonly bigEndian?: boolean;
  readonly rows: number;
  readonly width: number;
  /** Distance between rows and between columns, in numbers; 0 repeats one. */
  readonly strides: readonly [number, number];
}

/** Reads bytes, counted from the view's first number. */
export type ReadAt = (into: Uint8Array, offset: number) => void;

/** Columns of a column-major matrix that are held at once. */
const COLUMN_BLOCK = 16;

/**
 * Rows of a strided view. Rows that lie in one piece are read in place, neighbours together and the rest not
 * at all; a column-major view (`x.T`, Fortran order) is read column by column, between the first and last row.
 */
export function stridedRows(view: StridedView, read: ReadAt): RowSource {
  const { dtype, rows, width, strides, bigEndian = false } = view;
  const bytes = FLOAT_BYTES[dtype];
  const rowBytes = width * bytes;
  const [down, across] = strides;
  const columnMajor = down === 1 && across !== 1 && width !== 1;
  const readRaw = (selection: RowSelection, into: Uint8Array) => {
    if (width === 0) return;
    if (across === 1 || width === 1) readPieces(selection, into);
    else if (columnMajor) readColumns(selection, into);
    else gatherRows(selection, into);
    if (bigEndian) swapBytes(into, bytes);
  };

  function readPieces(selection: RowSelection, into: Uint8Array): void {
    forEachRun(selection, (first, count, at) => {
      if (down === width) {
        read(into.subarray(at * rowBytes, (at + count) * rowBytes), first * rowBytes);
        return;
      }
      for (let i = 0; i < count; i += 1) {
        read(into.subarray((at + i) * rowBytes, (at + i + 1) * rowBytes), (first + i) * down * bytes);
      }
    });
  }

  function readColumns(selection: RowSelection, into: Uint8Array): void {
    const count = rowCount(selection);
    if (count === 0) return;
    const numbers = selection instanceof Uint32Array ? selection : undefined;
    const start = numbers ? numbers.reduce((a, b) => Math.min(a, b)) : (selection as { first: number }).first;
    const end = numbers ? numbers.reduce((a, b) => Math.max(a, b)) + 1 : start + count;
    const span = (end - start) * bytes;
    const block = new Uint8Array(span * COLUMN_BLOCK);
    for (let column = 0; column < width; column += COLUMN_BLOCK) {
      const columns = Math.min(COLUMN_BLOCK, width - column);
      for (let j = 0; j < columns; j += 1) {
        read(block.subarray(j * span, (j + 1) * span), (start + (column + j) * across) * bytes);
      }
      for (let i = 0; i < count; i += 1) {
        const from = (numbers ? numbers[i]! - start : i) * bytes;
        const to = i * rowBytes + column * bytes;
        for (let j = 0; j < columns; j += 1) copyNumber(block, j * span + from, into, to + j * bytes);
      }
    }
  }

  function gatherRows(selection: RowSelection, into: Uint8Array): void {
    const span = new Uint8Array(((width - 1) * across + 1) * bytes);
    forEachRun(selection, (first, count, at) => {
      for (let i = 0; i < count; i += 1) {
        read(span, (first + i) * down * bytes);
        const to = (at + i) * rowBytes;
        for (let j = 0; j < width; j += 1) copyNumber(span, j * across * bytes, into, to + j * bytes);
      }
    });
  }

  function copyNumber(from: Uint8Array, position: number, into: Uint8Array, at: number): void {
    for (let k = 0; k < bytes; k += 1) into[at + k] = from[position + k]!;
  }

  return { dtype, rows, width, columnMajor, readRaw };
}
