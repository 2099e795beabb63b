import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type Unpacking, unsafe } from './unpack.js';

const [FILE_TYPE, REGULAR, FOLDER] = [0xf000, 0x8000, 0x4000];

/** Unpacks a zip file; entries that aren't wanted aren't read. */
export async function unpackZip(archive: string, into: Unpacking): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false, strictFileNames: true });
  try {
    let read = 0;
    for await (const entry of zip.eachEntry()) {
      await unpackEntry(zip, entry, into);
      read += entry.compressedSize;
      into.reading(read);
    }
  } finally {
    zip.close();
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, into: Unpacking): Promise<void> {
  const name = entry.fileName;
  // The upper half is the mode of a file that was packed on Unix.
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  if (name.endsWith('/')) return into.folder(name);
  if (type !== 0 && type !== REGULAR && type !== FOLDER) throw unsafe(`${JSON.stringify(name)} is a link or a device`);
  if (!entry.canDecodeFileData()) throw unsafe(`${JSON.stringify(name)} is packed or encrypted in an unknown way`);
  if (into.enough && into.isLog(name)) return;
  const content = await zip.openReadStreamPromise(entry);
  await into.file(name, content);
  content.destroy();
}
