import type { SchemaElement } from 'hyparquet';

/** Rows of a row group in events.parquet. */
export const ROW_GROUP = 65_536;

const STRING = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;

/** Columns of events.parquet, one row an event: a line that was parsed. */
export const EVENT_SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: 12 },
  { name: 'file', repetition_type: 'REQUIRED', ...STRING },
  /** 1-based in its file. */
  { name: 'line', repetition_type: 'REQUIRED', type: 'INT64' },
  /** Of the line's first byte in the file, or in what the file unpacks to. */
  { name: 'offset', repetition_type: 'REQUIRED', type: 'INT64' },
  /** Raw lines of the event: more than 1 where others were joined to it. */
  { name: 'lines', repetition_type: 'REQUIRED', type: 'INT32' },
  {
    name: 'time',
    repetition_type: 'OPTIONAL',
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  /** -1: the line matches no template. */
  { name: 'template', repetition_type: 'REQUIRED', type: 'INT32' },
  ...textList('sessions'),
  ...textList('parameters'),
  { name: 'level', repetition_type: 'REQUIRED', ...STRING },
  { name: 'component', repetition_type: 'REQUIRED', ...STRING },
  /** What the line comes from; empty where the format doesn't say. */
  { name: 'node', repetition_type: 'REQUIRED', ...STRING },
  /** Null: the format has no alert labels. Empty: labelled normal. */
  { name: 'alert', repetition_type: 'OPTIONAL', ...STRING },
];

function textList(name: string): SchemaElement[] {
  return [
    {
      name,
      repetition_type: 'REQUIRED',
      num_children: 1,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
    },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...STRING },
  ];
}
