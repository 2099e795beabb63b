import type { Cluster, Drain } from './drain.js';

/** A masked message, and what Drain said to it last. */
export class Message {
  readonly tokenCount: number;
  /** Tells at which state of Drain the answer was given; -1: there is none. */
  stamp = -1;
  cluster: Cluster | undefined;

  /** @param text tokens with single spaces between them */
  constructor(private readonly text: string) {
    this.tokenCount = this.tokens().length;
  }

  tokens(): string[] {
    return this.text === '' ? [] : this.text.split(' ');
  }
}

/**
 * Finds the cluster of messages, by asking Drain or by its last answer: that one holds as long as Drain's version for the
 * token count is the same, so that both are one. Messages have to come in the order of their lines.
 */
export class TemplateFinder {
  /** Whether messages teach Drain; otherwise they are only matched. */
  learning = true;

  constructor(private readonly drain: Drain) {}

  find(message: Message): Cluster | undefined {
    const { drain, learning } = this;
    if (message.stamp === this.stamp(message)) {
      const { cluster } = message;
      if (cluster && learning) drain.use(cluster);
      return cluster;
    }
    const before = this.stamp(message);
    const tokens = message.tokens();
    const cluster = learning ? drain.learn(tokens) : drain.match(tokens);
    message.cluster = cluster;
    // A message that has just changed a template is looked up once more, by Drain itself.
    message.stamp = this.stamp(message) === before ? before : -1;
    return cluster;
  }

  /** Learning and matching answer differently to the same message. */
  private stamp({ tokenCount }: Message): number {
    return this.drain.version(tokenCount) * 2 + (this.learning ? 1 : 0);
  }
}
