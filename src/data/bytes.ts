import { UserError } from '../error.js';
import { BrokenSource, readSource } from '../parse/input/source.js';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Feeds the content of a plain or gzipped file to `use`, piece by piece and without a byte-order mark.
 * @param what the file's part in an error message, such as `labels file`
 * @throws UserError when the file is missing, can't be read, isn't text or is a cut or damaged gzip
 */
export async function readBytes(path: string, what: string, use: (piece: Buffer) => void): Promise<void> {
  let first = true;
  try {
    for await (const piece of readSource(path)) {
      use(first && piece.subarray(0, 3).equals(BYTE_ORDER_MARK) ? piece.subarray(3) : piece);
      first = false;
    }
  } catch (error) {
    if (!(error instanceof BrokenSource)) throw error;
    const message = `The ${what} ${path} is damaged: ${error.message}. Get it again.`;
    throw new UserError(message, { cause: error });
  }
}

/** The whole content as text. Fails as `readBytes` does. */
export async function readText(path: string, what: string): Promise<string> {
  const pieces: Buffer[] = [];
  await readBytes(path, what, (piece) => pieces.push(piece));
  return Buffer.concat(pieces).toString('utf8');
}
