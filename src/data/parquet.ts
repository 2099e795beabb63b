import { asyncBufferFromFile, type ParquetScan, parquetScan, type SchemaElement } from 'hyparquet';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { UserError } from '../error.js';

/** Rows of a row group; a reader decodes one at a time into typed arrays. */
const GROUP_ROWS = 1 << 16;

/** Name and version of a table's layout, written into the file's metadata. */
export interface TableFormat {
  format: string;
  version: number;
}

export type Column =
  | { name: string; type: 'int32'; data: Int32Array | Uint32Array }
  | { name: string; type: 'float'; data: Float32Array }
  | { name: string; type: 'optional int32'; data: (number | null)[] }
  | { name: string; type: 'boolean'; data: boolean[] }
  | { name: string; type: 'string'; data: string[] };

type Values = Column['data'];

/** Integers as steps from one to the next: packed already, and nobody asks for their least and greatest. */
const STEPS = { encoding: 'DELTA_BINARY_PACKED', codec: 'UNCOMPRESSED', statistics: false } as const;

/** Writes columns of equal length to a Parquet file that pandas, polars and DuckDB read. */
export function writeTable(path: string, { format, version }: TableFormat, columns: Column[]): void {
  const writer = fileWriter(path);
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaOf)],
    kvMetadata: [{ key: 'format', value: `${format} ${version}` }],
  });
  for (let start = 0; start < columns[0].data.length; start += GROUP_ROWS) {
    const columnData = columns.map(({ name, type, data }) => ({
      name,
      data: slice(data, start, start + GROUP_ROWS),
      ...(type === 'int32' ? STEPS : undefined),
    }));
    parquet.write({ columnData, rowGroupSize: GROUP_ROWS });
  }
  parquet.finish();
}

/** A Parquet file whose columns are read whole. */
export class Table {
  private constructor(
    private readonly path: string,
    private readonly scan: ParquetScan,
    readonly rows: number,
  ) {}

  /** @throws UserError when the file isn't Parquet, or not of this format and version */
  static async open(path: string, { format, version }: TableFormat): Promise<Table> {
    const scan = await asyncBufferFromFile(path)
      .then((file) => parquetScan({ file }))
      .catch((error) => {
        throw damaged(path, error);
      });
    const found = scan.metadata.key_value_metadata?.find(({ key }) => key === 'format')?.value;
    if (found !== `${format} ${version}`) {
      throw new UserError(`${path} isn't a ${format} table of version ${version}; it says ${found ?? 'nothing'}.`);
    }
    return new Table(path, scan, Number(scan.metadata.num_rows));
  }

  has(column: string): boolean {
    return this.scan.metadata.schema.some(({ name }) => name === column);
  }

  async int32(column: string): Promise<Int32Array> {
    const whole = new Int32Array(this.rows);
    await this.read(column, (part, start) => whole.set(part as ArrayLike<number>, start));
    return whole;
  }

  async uint32(column: string): Promise<Uint32Array> {
    return new Uint32Array((await this.int32(column)).buffer);
  }

  /** Values of a string or an optional column, as the library decodes them. */
  async values<T extends string | number | boolean | null>(column: string): Promise<T[]> {
    const whole: T[] = new Array(this.rows);
    await this.read(column, (part, start) => {
      for (let i = 0; i < part.length; i++) whole[start + i] = part[i] as T;
    });
    return whole;
  }

  private async read(column: string, use: (part: ArrayLike<unknown>, start: number) => void): Promise<void> {
    for (const range of this.scan.ranges) {
      const part = await this.scan.readColumn({ column, ...range }).catch((error) => {
        throw damaged(this.path, error);
      });
      use(part, range.rowStart);
    }
  }
}

function schemaOf({ name, type }: Column): SchemaElement {
  switch (type) {
    case 'int32':
      return { name, type: 'INT32', repetition_type: 'REQUIRED' };
    case 'float':
      return { name, type: 'FLOAT', repetition_type: 'REQUIRED' };
    case 'boolean':
      return { name, type: 'BOOLEAN', repetition_type: 'REQUIRED' };
    case 'optional int32':
      return { name, type: 'INT32', repetition_type: 'OPTIONAL' };
    case 'string':
      return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' };
  }
}

function slice(data: Values, start: number, end: number): Values {
  return Array.isArray(data) ? data.slice(start, end) : data.subarray(start, end);
}

function damaged(path: string, cause: unknown): UserError {
  return new UserError(`${path} can't be read: ${(cause as Error).message}.`, { cause });
}
