// The HDF5 library in a thread of its own: a damaged file may keep it busy for ever or end it, and then the
// thread is ended instead of the program. Answers are synchronous for the caller, see hdf5Service.ts.
import { workerData } from 'node:worker_threads';
import { Attribute, File, ready } from 'h5wasm/node';

/** Attributes are words and numbers; a longer one is skipped. */
const MAX_ATTRIBUTE_BYTES = 65_536;

const { port, signal } = workerData;
const library = await ready;
library.activate_throwing_error_handler();

/** The file that is open, and its path: rows of one bag are asked for again and again. */
let open;

port.on('message', (request) => {
  let answer;
  try {
    answer = { value: request.kind === 'describe' ? describe(request) : readRows(request) };
  } catch (error) {
    answer = { error: String(error?.message ?? error).slice(0, 400) };
  }
  port.postMessage({ id: request.id, heap: library.HEAPU8.length, ...answer });
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
port.postMessage({ id: 0, heap: library.HEAPU8.length, value: 'ready' });
Atomics.store(signal, 0, 1);
Atomics.notify(signal, 0);

function fileOf(path) {
  if (open?.path === path) return open.file;
  closeFile();
  const file = new File(path, 'r');
  if (file.file_id < 0n) throw new Error('it is no HDF5 file');
  open = { path, file };
  return file;
}

function closeFile() {
  const { file } = open ?? {};
  open = undefined;
  file?.close();
}

/** Attributes of the root and of the datasets named. */
function describe({ path, names }) {
  try {
    const file = fileOf(path);
    const ends = { '/': attributesOf(file.file_id, '/') };
    for (const name of names) ends[name] = attributesOf(file.file_id, name);
    return ends;
  } finally {
    closeFile();
  }
}

function attributesOf(file, path) {
  const found = {};
  for (const name of library.get_attribute_names(file, path)) {
    const metadata = library.get_attribute_metadata(file, path, name);
    if (metadata.size * metadata.total_size > MAX_ATTRIBUTE_BYTES || metadata.total_size !== 1) continue;
    const { STRING, INTEGER, FLOAT, ENUM } = classes();
    if (![STRING, INTEGER, FLOAT, ENUM].includes(metadata.type)) continue;
    const value = new Attribute(file, path, name).json_value;
    const one = Array.isArray(value) ? value[0] : value;
    if (['string', 'number', 'boolean'].includes(typeof one)) found[name] = one;
  }
  return found;
}

function classes() {
  const { H5T_STRING, H5T_INTEGER, H5T_FLOAT, H5T_ENUM } = library.H5T_class_t;
  return {
    STRING: H5T_STRING.value,
    INTEGER: H5T_INTEGER.value,
    FLOAT: H5T_FLOAT.value,
    ENUM: H5T_ENUM.value,
  };
}

/** Rows of a matrix as the file has them. */
function readRows({ path, name, first, count, width, rowBytes }) {
  const file = fileOf(path);
  const { shape, size, virtual_sources: sources } = library.get_dataset_metadata(file.file_id, name);
  if (sources?.length) throw new Error('its numbers are in other files');
  if (shape?.[1] !== width || size * width !== rowBytes || first + count > shape[0]) {
    throw new Error('its shape is not what its header says');
  }
  const pointer = library._malloc(count * rowBytes);
  if (pointer === 0) throw new Error('there is no memory for its rows');
  try {
    const status = library.get_dataset_data(
      file.file_id,
      name,
      [BigInt(count), BigInt(width)],
      [BigInt(first), 0n],
      [1n, 1n],
      BigInt(pointer),
    );
    if (status < 0) throw new Error('its rows cannot be read');
    return library.HEAPU8.slice(pointer, pointer + count * rowBytes);
  } finally {
    library._free(pointer);
  }
}
