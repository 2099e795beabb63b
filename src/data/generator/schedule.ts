/** Items in order of time; those of one time in the order in which they were added (binary heap). */
export class Schedule<T extends { time: number }> {
  private readonly heap: { order: number; item: T }[] = [];
  private added = 0;

  push(item: T): void {
    const { heap } = this;
    let at = heap.push({ order: this.added++, item }) - 1;
    while (at > 0 && this.isBefore(at, (at - 1) >> 1)) {
      this.swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  /** Takes the earliest item that is before `end`. */
  popBefore(end: number): T | undefined {
    const { heap } = this;
    const [first] = heap;
    if (first === undefined || first.item.time >= end) return undefined;
    this.swap(0, heap.length - 1);
    heap.pop();
    this.sink();
    return first.item;
  }

  private sink(): void {
    for (let at = 0; ; ) {
      let least = at;
      if (this.isBefore(2 * at + 1, least)) least = 2 * at + 1;
      if (this.isBefore(2 * at + 2, least)) least = 2 * at + 2;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [first, second] = [this.heap[a], this.heap[b]];
    if (first === undefined || second === undefined) return false;
    return (first.item.time - second.item.time || first.order - second.order) < 0;
  }

  private swap(a: number, b: number): void {
    const kept = this.heap[a];
    this.heap[a] = this.heap[b];
    this.heap[b] = kept;
  }
}
