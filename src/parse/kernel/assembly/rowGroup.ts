import {
  Column,
  definition,
  dictionary,
  entries,
  NameColumn,
  NameListColumn,
  NumberColumn,
  nulls,
  ROW_GROUP,
  repetition,
  TextListColumn,
  values,
} from './columns';
import { ids, ROW, rows, spans, times, tokens } from './events';
import { Bytes } from './memory';
import { mostPacked, pack } from './snappy';

// The rows of events.parquet, gathered from batches that were scanned here or elsewhere.

const file = new NameColumn();
const line = new NumberColumn();
const offset = new NumberColumn();
const lines = new NumberColumn();
const time = new NumberColumn(true);
const template = new NumberColumn();
const sessions = new NameListColumn();
const parameters = new TextListColumn();
const level = new NameColumn();
const component = new NameColumn();
const node = new NameColumn();
const alert = new NameColumn(true);

/** In the order of eventSchema.ts. */
const columns: Column[] = [
  file,
  line,
  offset,
  lines,
  time,
  template,
  sessions,
  parameters,
  level,
  component,
  node,
  alert,
];

/** What TypeScript tells of a batch: rowGroups.ts. */
@unmanaged
class Batch {
  text: usize;
  fileStart: usize;
  fileEnd: usize;
  /** f64 a line. */
  offsets: usize;
  /** Three i32 an event: template or -1, address of the flags of its template's wildcards or 0, its raw lines. */
  answers: usize;
  firstLine: f64;
}

const ANSWER: usize = 12;

let batch: Batch = changetype<Batch>(0);
let groupRows = 0;
/** Where the lists of the next event are. */
let idAt: usize = 0;
let tokenAt: usize = 0;
let spanAt: usize = 0;
/** Rows so far without a session id. */
let withoutId = 0;

export function rowsWithoutId(): i32 {
  return withoutId;
}

/** Begins with the events of a batch, which are in place in events.ts. */
export function beginRows(at: usize): void {
  batch = changetype<Batch>(at);
  idAt = ids.at;
  tokenAt = tokens.at;
  spanAt = spans.at;
}

/**
 * Adds events from the event `from` on as rows, up to `count` or until the row group is full. It's to be encoded then,
 * but not sooner than there is a further event: lines may still be joined to its last one.
 * @returns the event that is next
 */
export function addRows(from: i32, count: i32): i32 {
  let i = from;
  for (; i < count && groupRows < ROW_GROUP; i++) addRow(i);
  return i;
}

/** Tells how many raw lines the event added last has. */
export function setLastLines(count: i32): void {
  lines.setLast(count);
}

export function rowsOfGroup(): i32 {
  return groupRows;
}

function addRow(i: usize): void {
  const row = rows.at + i * (ROW << 2);
  const answer = batch.answers + i * ANSWER;
  const text = batch.text;
  const lineOf = load<i32>(row);
  file.add(batch.fileStart, batch.fileEnd);
  line.add((batch.firstLine as i64) + lineOf);
  offset.add(load<f64>(batch.offsets + ((lineOf as usize) << 3)) as i64);
  lines.add(load<i32>(answer, 8));
  const milliseconds = load<f64>(times.at + (i << 3));
  if (isNaN(milliseconds)) time.addNull();
  else time.add(milliseconds as i64);
  template.add(load<i32>(answer));
  addSessions(text, load<i32>(row, 12 << 2));
  addParameters(text, load<usize>(answer, 4), load<i32>(row, 13 << 2), load<i32>(row, 14 << 2));
  level.add(text + load<i32>(row, 8), text + load<i32>(row, 12));
  component.add(text + load<i32>(row, 16), text + load<i32>(row, 20));
  node.add(text + load<i32>(row, 24), text + load<i32>(row, 28));
  if (load<i32>(row, 32) < 0) alert.addNull();
  else alert.add(text + load<i32>(row, 32), text + load<i32>(row, 36));
  groupRows++;
}

function addSessions(text: usize, count: i32): void {
  for (let i = 0; i < count; i++, idAt += 8) sessions.add(text + load<i32>(idAt), text + load<i32>(idAt, 4));
  if (sessions.endRow() == 0) withoutId++;
}

/** The token of each wildcard, and elsewhere what each mask stands for. */
function addParameters(text: usize, wild: usize, tokenCount: i32, spanCount: i32): void {
  const spansEnd = spanAt + (spanCount as usize) * 12;
  for (let token = 0; token < tokenCount; token++, tokenAt += 8) {
    if (wild == 0) continue;
    const isWild = load<u8>(wild + token) != 0;
    if (isWild) parameters.add(text + load<i32>(tokenAt), text + load<i32>(tokenAt, 4));
    for (; spanAt < spansEnd && load<i32>(spanAt) == token; spanAt += 12) {
      if (!isWild) parameters.add(text + load<i32>(spanAt, 4), text + load<i32>(spanAt, 8));
    }
  }
  spanAt = spansEnd;
  parameters.endRow();
}

const packed = new Bytes(1 << 16);
const packedDictionary = new Bytes(1 << 16);

/** Of the page encoded last, addresses and lengths: rowGroups.ts. */
const page = memory.data(13 * 4, 4);

/** Encodes a column of the row group; `compressed` asks for Snappy. Returns where its parts are told. */
export function encodeColumn(number: i32, compressed: bool): usize {
  columns[number].encode();
  store<usize>(page, repetition.at, 0);
  store<usize>(page, repetition.used, 4);
  store<usize>(page, definition.at, 8);
  store<usize>(page, definition.used, 12);
  store<usize>(page, values.used, 16);
  const names = dictionary;
  const body = compressed ? packedTo(packed, values) : values;
  store<usize>(page, body.at, 20);
  store<usize>(page, body.used, 24);
  if (names) {
    const texts = compressed ? packedTo(packedDictionary, names.texts) : names.texts;
    store<usize>(page, names.texts.used, 28);
    store<usize>(page, texts.at, 32);
    store<usize>(page, texts.used, 36);
  }
  store<i32>(page, names ? names.size : -1, 40);
  store<i32>(page, entries, 44);
  store<i32>(page, nulls, 48);
  return page;
}

function packedTo(out: Bytes, bytes: Bytes): Bytes {
  out.used = 0;
  out.reserve(mostPacked(bytes.used));
  out.used = pack(bytes.at, bytes.used, out.at) - out.at;
  return out;
}

/** Begins the next row group. */
export function nextGroup(): void {
  for (let i = 0; i < columns.length; i++) columns[i].clear();
  groupRows = 0;
}
