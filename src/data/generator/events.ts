/** A kind of log line: its level, component, range of thread numbers, and message with `{parameters}`. */
interface Layout {
  level: 'INFO' | 'WARN';
  component: string;
  threads: readonly [first: number, last: number];
  message: string;
}

const NAMESYSTEM = { level: 'INFO', component: 'dfs.FSNamesystem', threads: [26, 35] } as const;
const RECEIVER = { level: 'INFO', component: 'dfs.DataNode$DataXceiver', threads: [140, 2900] } as const;
const RESPONDER = { level: 'INFO', component: 'dfs.DataNode$PacketResponder', threads: [140, 2900] } as const;
const WRITER = { level: 'INFO', component: 'dfs.DataNode$BlockReceiver', threads: [140, 2900] } as const;
const DATASET = { level: 'INFO', component: 'dfs.FSDataset', threads: [18, 19] } as const;

/** Lines as the HDFS of the public data set wrote them; the last group never occurs in a normal life. */
export const EVENTS = {
  allocate: { ...NAMESYSTEM, message: 'BLOCK* NameSystem.allocateBlock: {path} {block}' },
  receiving: { ...RECEIVER, message: 'Receiving block {block} src: /{from} dest: /{to}' },
  terminating: { ...RESPONDER, message: 'PacketResponder {responder} for block {block} terminating' },
  received: { ...RESPONDER, message: 'Received block {block} of size {size} from /{host}' },
  stored: {
    ...NAMESYSTEM,
    message: 'BLOCK* NameSystem.addStoredBlock: blockMap updated: {node} is added to {block} size {size}',
  },
  verified: {
    level: 'INFO',
    component: 'dfs.DataBlockScanner',
    threads: [13, 13],
    message: 'Verification succeeded for {block}',
  },
  served: { ...RECEIVER, message: '{node} Served block {block} to /{host}' },
  servingFailed: {
    ...RECEIVER,
    level: 'WARN',
    message: '{node}:Got exception while serving {block} to /{host}:',
  },
  askReplicate: { ...NAMESYSTEM, message: 'BLOCK* ask {node} to replicate {block} to datanode(s) {to}' },
  transferring: {
    level: 'INFO',
    component: 'dfs.DataNode',
    threads: [18, 19],
    message: '{node} Starting thread to transfer block {block} to {to}',
  },
  copied: { ...RECEIVER, message: 'Received block {block} src: /{from} dest: /{to} of size {size}' },
  transmitted: {
    level: 'INFO',
    component: 'dfs.DataNode$DataTransfer',
    threads: [140, 2900],
    message: '{node}:Transmitted block {block} to /{to}',
  },
  reopened: { ...DATASET, message: 'Reopen Block {block}' },
  invalidated: { ...NAMESYSTEM, message: 'BLOCK* NameSystem.delete: {block} is added to invalidSet of {node}' },
  askDelete: { ...NAMESYSTEM, message: 'BLOCK* ask {node} to delete  {blocks}' },
  deleting: {
    ...DATASET,
    message: 'Deleting block {block} file /mnt/hadoop/dfs/data/current/subdir{folder}/{block}',
  },

  writeFailed: {
    ...RECEIVER,
    message: 'writeBlock {block} received exception java.io.IOException: Could not read from stream',
  },
  receiveFailed: { ...WRITER, message: 'Exception in receiveBlock for block {block} java.io.EOFException' },
  emptyPacket: { ...WRITER, message: 'Receiving empty packet for block {block}' },
  notInMap: {
    ...DATASET,
    level: 'WARN',
    message: 'Unexpected error trying to delete block {block}. BlockInfo not found in volumeMap.',
  },
  noFile: {
    ...NAMESYSTEM,
    message:
      'BLOCK* NameSystem.addStoredBlock: addStoredBlock request received for {block} on {node} size {size} But it does not belong to any file.',
  },
  timedOut: {
    level: 'WARN',
    component: 'dfs.PendingReplicationBlocks$PendingReplicationMonitor',
    threads: [17, 17],
    message: 'PendingReplicationMonitor timed out block {block}',
  },
} as const satisfies Record<string, Layout>;

export type EventName = keyof typeof EVENTS;

/** A line of the log before it has its place in time. */
export interface LogEvent {
  name: EventName;
  /** Block ids that it names. */
  blocks: string[];
  /** The line after date and time. */
  text: string;
}

/**
 * @param values values of the message's parameters; `block` and `blocks` come from `blocks`
 * @param thread picks one of the component's threads
 */
export function logEvent(
  name: EventName,
  blocks: string[],
  values: Record<string, string | number>,
  thread: (count: number) => number,
): LogEvent {
  const { level, component, threads, message } = EVENTS[name];
  const all: Record<string, string | number> = { ...values, block: blocks[0], blocks: blocks.join(' ') };
  const filled = message.replace(/\{(\w+)\}/g, (_, parameter: string) => String(all[parameter]));
  const number = threads[0] + thread(threads[1] - threads[0] + 1);
  return { name, blocks, text: `${number} ${level} ${component}: ${filled}` };
}
