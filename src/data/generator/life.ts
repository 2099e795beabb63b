import type { Random } from '../../random.js';
import { type Cluster, clientOf, nodeOf } from './cluster.js';
import { type EventName, type LogEvent, logEvent } from './events.js';

const REPLICAS = 3;
const FULL_BLOCK = 67108864;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How likely each turn of a normal life is. */
const CHANCE = {
  fullBlock: 0.7,
  verified: 0.15,
  served: 0.25,
  servingFailed: 0.4,
  replicated: 0.012,
  appended: 0.008,
  deleted: 0.8,
  askedDelete: 0.2,
  twoBlocks: 0.08,
};

export interface TimedEvent extends LogEvent {
  /** ms since the start of the log */
  time: number;
}

/** A block while its life is told: the state machine appends to `events`, and time only goes on. */
export interface Block {
  id: string;
  size: number;
  /** Hosts of its replicas; the first one wrote it. */
  hosts: string[];
  events: TimedEvent[];
  now: number;
}

/** Tells the lives of blocks as a normal HDFS lives them: written, perhaps read, copied, extended, and deleted. */
export class LifeTeller {
  constructor(
    private readonly cluster: Cluster,
    private readonly random: Random,
  ) {}

  /**
   * The blocks of a new file, one or two, with all that happens to them.
   * @param start ms since the start of the log
   * @param most the most blocks that it may have
   */
  file(start: number, path: string, most: number): Block[] {
    const first = this.newBlock(start, this.cluster.pick(this.random));
    this.live(first, path);
    if (most < 2 || !this.chance(CHANCE.twoBlocks)) {
      if (this.chance(CHANCE.deleted)) this.delete([first], this.chance(CHANCE.askedDelete));
      return [first];
    }
    const second = this.newBlock(start + this.between(SECOND, 20 * SECOND), first.hosts[0]);
    this.live(second, path);
    // The name node asks a data node once for all that it has to delete there.
    this.delete([first, second], true);
    return [first, second];
  }

  /** Makes an event of this block at its present time. */
  event(name: EventName, block: Block, values: Record<string, string | number> = {}, blocks = [block]): TimedEvent {
    const ids = blocks.map(({ id }) => id);
    const event = logEvent(name, ids, { size: block.size, ...values }, (count) => this.random.int(count));
    return { ...event, time: block.now };
  }

  private live(block: Block, path: string): void {
    this.write(block, path);
    if (this.chance(CHANCE.appended)) this.append(block);
    if (this.chance(CHANCE.verified)) this.verify(block);
    if (this.chance(CHANCE.replicated)) this.replicate(block);
    if (this.chance(CHANCE.served)) this.serve(block);
  }

  private newBlock(start: number, writer: string): Block {
    const { random } = this;
    const hosts = [writer];
    while (hosts.length < REPLICAS) hosts.push(this.cluster.pick(random, hosts));
    const size = this.chance(CHANCE.fullBlock) ? FULL_BLOCK : 1024 + random.int(FULL_BLOCK - 1024);
    return { id: newId(random), size, hosts, events: [], now: start };
  }

  /** The pipeline is set up, while the name node's line about the allocation comes anywhere among its lines. */
  private write(block: Block, path: string): void {
    const allocatedAt = this.weighted([0.2, 0.22, 0.22, 0.36]);
    for (let replica = 0; replica <= REPLICAS; replica++) {
      if (replica === allocatedAt) this.tell(block, 'allocate', { path }, SECOND);
      if (replica < REPLICAS) this.receive(block, replica);
    }
    this.wait(block, 2 * SECOND, 40 * SECOND);
    this.confirm(block, allocatedAt === 0);
  }

  private receive(block: Block, replica: number): void {
    const source = block.hosts[Math.max(0, replica - 1)];
    const to = nodeOf(block.hosts[replica]);
    this.tell(block, 'receiving', { from: clientOf(source, this.random), to }, 2 * SECOND);
  }

  /**
   * Each data node ends its part of the pipeline and reports to the name node. Reports mostly come after all have
   * ended; they come first in many of the lives whose allocation was logged early.
   */
  private confirm(block: Block, early: boolean): void {
    const reportsFirst = this.chance(early ? 0.6 : 0.02);
    const mixed = !reportsFirst && this.chance(0.2);
    let [ended, reported] = [0, 0];
    while (ended < REPLICAS || reported < REPLICAS) {
      const reportNext = mixed ? reported < ended && this.chance(0.5) : reportsFirst;
      if ((reportNext && reported < REPLICAS) || ended === REPLICAS) this.report(block, block.hosts[reported++]);
      else this.endPipeline(block, ended++);
    }
  }

  private endPipeline(block: Block, replica: number): void {
    const host = block.hosts[Math.max(0, replica - 1)];
    this.tell(block, 'terminating', { responder: replica }, SECOND / 2);
    this.tell(block, 'received', { host }, SECOND / 2);
  }

  private report(block: Block, host: string): void {
    this.tell(block, 'stored', { node: nodeOf(host) }, SECOND / 2);
  }

  /** The file is opened again and more is written to its last block. */
  private append(block: Block): void {
    this.wait(block, MINUTE, 3 * MINUTE);
    for (const _ of block.hosts) this.tell(block, 'reopened', {}, SECOND);
    for (let replica = 0; replica < REPLICAS; replica++) this.receive(block, replica);
    this.wait(block, 2 * SECOND, 10 * SECOND);
    this.confirm(block, false);
  }

  private verify(block: Block): void {
    const times = 1 + this.weighted([0.8, 0.15, 0.05]);
    for (let i = 0; i < times; i++) {
      this.wait(block, 20 * SECOND, 4 * MINUTE);
      this.tell(block, 'verified', {}, SECOND);
    }
  }

  private serve(block: Block): void {
    const failing = this.chance(CHANCE.servingFailed);
    const times = 1 + this.weighted([0.4, 0.25, 0.15, 0.1, 0.06, 0.04]);
    this.wait(block, 10 * SECOND, 3 * MINUTE);
    for (let i = 0; i < times; i++) {
      const values = { node: nodeOf(this.random.pick(block.hosts)), host: this.cluster.pick(this.random) };
      this.tell(block, failing && this.chance(0.5) ? 'servingFailed' : 'served', values, 15 * SECOND);
    }
  }

  /** A data node was lost for a while: the name node has the block copied to another one. */
  private replicate(block: Block): void {
    this.wait(block, MINUTE, 5 * MINUTE);
    const [source, target] = [this.random.pick(block.hosts), this.cluster.pick(this.random, block.hosts)];
    const values = { node: nodeOf(source), to: nodeOf(target), from: clientOf(source, this.random) };
    this.tell(block, 'askReplicate', values, 2 * SECOND);
    this.tell(block, 'transferring', values, 2 * SECOND);
    this.tell(block, 'receiving', values, 2 * SECOND);
    const endings: [EventName, Record<string, string>][] = [
      ['copied', values],
      ['transmitted', values],
      ['stored', { node: nodeOf(target) }],
    ];
    for (const [name, parameters] of this.random.shuffle(endings)) this.tell(block, name, parameters, SECOND);
    block.hosts.push(target);
  }

  /** Deletes the blocks of a file together. */
  private delete(blocks: Block[], asked: boolean): void {
    const start = Math.max(...blocks.map(({ now }) => now)) + this.between(MINUTE, 8 * MINUTE);
    for (const block of blocks) {
      block.now = start;
      for (const host of block.hosts) this.tell(block, 'invalidated', { node: nodeOf(host) }, SECOND / 4);
    }
    if (asked) this.askDelete(blocks);
    for (const block of blocks) {
      this.wait(block, 10 * SECOND, 2 * MINUTE);
      for (const _ of block.hosts) this.tell(block, 'deleting', { folder: this.random.int(64) }, MINUTE / 2);
    }
  }

  private askDelete(blocks: Block[]): void {
    let now = Math.max(...blocks.map((block) => block.now));
    for (const host of new Set(blocks.flatMap(({ hosts }) => hosts))) {
      const there = blocks.filter(({ hosts }) => hosts.includes(host));
      now += this.random.int(SECOND);
      for (const block of there) block.now = now;
      // One line that names two blocks is one event; the schedule takes it from the first of them.
      there[0].events.push(this.event('askDelete', there[0], { node: nodeOf(host) }, there));
    }
    for (const block of blocks) block.now = now;
  }

  /** Logs an event up to `gap` ms from now. */
  private tell(block: Block, name: EventName, values: Record<string, string | number>, gap: number): void {
    this.wait(block, 0, gap);
    block.events.push(this.event(name, block, values));
  }

  private wait(block: Block, least: number, most: number): void {
    block.now += this.between(least, most);
  }

  private between(least: number, most: number): number {
    return least + this.random.int(Math.max(1, most - least));
  }

  private chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  /** Index of a weight, as likely as the weight says. */
  private weighted(weights: readonly number[]): number {
    let left = this.random.next();
    for (let i = 0; i < weights.length - 1; i++) {
      left -= weights[i];
      if (left < 0) return i;
    }
    return weights.length - 1;
  }
}

function newId(random: Random): string {
  const bits = (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
  return `blk_${BigInt.asIntN(64, bits)}`;
}
