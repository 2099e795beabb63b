export const MAGIC = 'ZLINES2\n';
/** Position (64 bits) and length (32 bits) of the index, at the very end of the file. */
export const TRAILER_BYTES = 12;

/** What is known of the blocks; a column each, to keep it small. */
export interface LineIndex {
  format: 'logbert-lines';
  version: 2;
  /** Whether the blocks are in this file; otherwise only their hashes are, and the bytes are in the sources. */
  kept: boolean;
  /** Sources; where the lines are kept, a path isn't needed. */
  files: { name: string; path?: string }[];
  blocks: {
    file: number[];
    /** Where the block begins in its file, and its length, unpacked. */
    offset: number[];
    length: number[];
    /** Where the block is in this file, and how long (Snappy's raw format); empty unless kept. */
    at: number[];
    packed: number[];
    /** SHA-256, first 16 hex digits; empty if kept. */
    hash: string[];
  };
}

export function emptyIndex(kept: boolean, files: LineIndex['files']): LineIndex {
  const blocks = { file: [], offset: [], length: [], at: [], packed: [], hash: [] };
  return { format: 'logbert-lines', version: 2, kept, files, blocks };
}
