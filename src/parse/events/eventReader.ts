import { type FileHandle, open } from 'node:fs/promises';
import { type AsyncBuffer, type DecodedArray, type ParquetScan, parquetScan } from 'hyparquet';
import { ROW_GROUP } from './eventSchema.js';
import { decodeListCodes, type ListCodes } from './listCodes.js';

/** Columns by the type in which they are read. Numbers are exact below 2^53. */
interface ColumnArrays {
  file: string[];
  line: Float64Array;
  offset: Float64Array;
  /** Raw lines of the event: more than 1 where others were joined to it. */
  lines: Int32Array;
  /** Milliseconds since 1970-01-01 UTC; NaN when the line gives no time. */
  time: Float64Array;
  template: Int32Array;
  sessions: string[][];
  /** The same as indexes, which costs a tenth. */
  sessionCodes: ListCodes;
  parameters: string[][];
  level: string[];
  component: string[];
  /** The alert tag, '' on a line labelled normal, null where the format labels no lines. */
  alert: (string | null)[];
  /** '' where the format names none. */
  node: string[];
}

export type EventColumn = keyof ColumnArrays;
/** Columns that hold a value for each row. */
export type ValueColumn = Exclude<EventColumn, 'sessionCodes'>;

/** Events of one row group: the columns that were asked for, `length` values each. */
export type EventBatch<C extends EventColumn = EventColumn> = { start: number; length: number } & Pick<ColumnArrays, C>;

/** One event: the columns that were asked for. */
export type EventRow<C extends ValueColumn = ValueColumn> = { row: number } & {
  [K in C]: ColumnArrays[K] extends ArrayLike<infer Value> ? Value : never;
};

/** Reads columns of events.parquet in the order of rows, a row group at a time. */
export async function* readEvents<C extends EventColumn>(
  path: string,
  columns: readonly C[],
): AsyncGenerator<EventBatch<C>> {
  const handle = await open(path, 'r');
  try {
    const scan = await openScan(handle, columns);
    for (const { rowStart, rowEnd } of scan.ranges) yield await readBatch(handle, scan, columns, rowStart, rowEnd);
  } finally {
    await handle.close();
  }
}

/** Reads a few events; only their row groups are touched. The result is in the order of `rows`. */
export async function readEventRows<C extends ValueColumn>(
  path: string,
  rows: readonly number[],
  columns: readonly C[],
): Promise<EventRow<C>[]> {
  const handle = await open(path, 'r');
  try {
    const scan = await openScan(handle, columns);
    const found = new Map<number, EventRow<C>>();
    const sorted = [...new Set(rows)].sort((a, b) => a - b);
    for (const { rowStart, rowEnd } of scan.ranges) {
      const wanted = sorted.filter((row) => row >= rowStart && row < rowEnd);
      if (wanted.length === 0) continue;
      const batch = await readBatch(handle, scan, columns, rowStart, rowEnd);
      for (const row of wanted) found.set(row, rowOf(batch, columns, row));
    }
    return rows.map((row) => found.get(row) ?? missing(row));
  } finally {
    await handle.close();
  }
}

async function openScan(handle: FileHandle, columns: readonly EventColumn[]): Promise<ParquetScan> {
  const { size } = await handle.stat();
  const file: AsyncBuffer = { byteLength: size, slice: (start, end = size) => readSlice(handle, start, end) };
  const parsers = { timestampFromMilliseconds: Number };
  const values = columns.filter((column) => column !== 'sessionCodes');
  return parquetScan({ file, columns: values, parsers });
}

async function readSlice(handle: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  await handle.read(bytes, 0, bytes.length, start);
  return bytes.buffer;
}

async function readBatch<C extends EventColumn>(
  handle: FileHandle,
  scan: ParquetScan,
  columns: readonly C[],
  rowStart: number,
  rowEnd: number,
): Promise<EventBatch<C>> {
  const entries = await Promise.all(
    columns.map(async (column) =>
      column === 'sessionCodes'
        ? [column, await readSessionCodes(handle, scan, rowStart)]
        : [column, typed(column, await scan.readColumn({ column, rowStart, rowEnd }))],
    ),
  );
  return { start: rowStart, length: rowEnd - rowStart, ...Object.fromEntries(entries) };
}

async function readSessionCodes(handle: FileHandle, { metadata }: ParquetScan, rowStart: number): Promise<ListCodes> {
  const group = metadata.row_groups[Math.floor(rowStart / ROW_GROUP)];
  const chunk = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === 'sessions')?.meta_data;
  if (!chunk) throw new Error('events.parquet has no sessions');
  const start = Number(chunk.dictionary_page_offset);
  return decodeListCodes(new Uint8Array(await readSlice(handle, start, start + Number(chunk.total_compressed_size))));
}

function typed(column: ValueColumn, values: DecodedArray): ColumnArrays[ValueColumn] {
  if (column === 'template' || column === 'lines')
    return values instanceof Int32Array ? values : Int32Array.from(values as number[]);
  if (column === 'line' || column === 'offset' || column === 'time') return numbers(values);
  if (column === 'alert') return Array.from(values as (string | undefined)[], (alert) => alert ?? null);
  return values as string[];
}

function numbers(values: DecodedArray): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++)
    result[i] = values[i] === null || values[i] === undefined ? Number.NaN : Number(values[i]);
  return result;
}

function rowOf<C extends ValueColumn>(batch: EventBatch<C>, columns: readonly C[], row: number): EventRow<C> {
  const entries = columns.map((column) => [column, (batch as EventBatch<ValueColumn>)[column][row - batch.start]]);
  return { row, ...Object.fromEntries(entries) };
}

function missing(row: number): never {
  throw new RangeError(`there is no event ${row}`);
}
