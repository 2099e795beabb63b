import { UserError } from '../error.js';
import type { Compiled, CompileOptions, Engine, HostTensors, Kept, Signature, TensorFunction } from './engine.js';

export interface Guard {
  /** What to do when the engine fails in the middle: end the program, or compute on the CPU from there on. */
  onFailure: 'stop' | 'cpu';
  /** Opens the engine that takes over. */
  openCpu(): Promise<Engine>;
  note?(line: string): void;
}

/** What was kept in a device's memory went with the device; the engine goes on without one. */
export class KeptLost extends Error {}

/**
 * An engine that may vanish while it is in use, as a GPU does whose driver is reset or whose memory runs out.
 *
 * Functions are pure. One that gets all that it reads with each call is called again on the CPU and nothing is lost; only
 * its dropout masks are drawn anew. One that reads what the device kept fails with `KeptLost`: its caller begins anew from
 * what it last read.
 */
export class GuardedEngine implements Engine {
  private cpu?: Engine;
  private failed = false;

  constructor(
    private readonly gpu: Engine,
    private readonly guard: Guard,
  ) {}

  get name() {
    return this.gpu.name;
  }

  get description(): string {
    return this.cpu ? `${this.gpu.description}; after its failure ${this.cpu.description}` : this.gpu.description;
  }

  get keep(): Engine['keep'] {
    const { gpu } = this;
    if (this.cpu || !gpu.keep) return undefined;
    return async (tensors) => {
      const kept = await this.onDevice(() => gpu.keep!(tensors));
      return new GuardedKept(
        kept,
        () => this.onDevice(() => kept.read()),
        () => this.release(kept),
      );
    };
  }

  compile(fn: TensorFunction, signature: Signature, options?: CompileOptions): Compiled {
    if (options?.kept) return this.compileKept(fn, signature, options);
    const onGpu = this.gpu.compile(fn, signature, options);
    let onCpu: Compiled | undefined;
    return {
      run: async (inputs, noise) => {
        if (!this.cpu) {
          try {
            return await onGpu.run(inputs, noise);
          } catch (error) {
            this.cpu = await this.afterFailure(error as Error);
          }
        }
        onCpu ??= this.cpu.compile(fn, signature, options);
        return onCpu.run(inputs, noise);
      },
      dispose: async () => {
        await this.release(onGpu);
        await onCpu?.dispose();
      },
    };
  }

  private compileKept(fn: TensorFunction, signature: Signature, options: CompileOptions): Compiled {
    const onGpu = this.gpu.compile(fn, signature, { ...options, kept: (options.kept as GuardedKept).inner });
    return {
      run: (inputs, noise) => this.onDevice(() => onGpu.run(inputs, noise)),
      dispose: () => this.release(onGpu),
    };
  }

  private async onDevice<T>(call: () => Promise<T>): Promise<T> {
    if (this.cpu) throw new KeptLost();
    try {
      return await call();
    } catch (error) {
      this.cpu = await this.afterFailure(error as Error);
      throw new KeptLost();
    }
  }

  /** A device that is gone may refuse to give back what it held. */
  private async release(held: { dispose(): Promise<void> }): Promise<void> {
    try {
      await held.dispose();
    } catch (error) {
      if (!this.failed) throw error;
    }
  }

  private afterFailure(error: Error): Promise<Engine> {
    this.failed = true;
    const failure = `The engine ${this.name} failed: ${error.message.split('\n')[0]}`;
    const { onFailure, openCpu, note } = this.guard;
    if (onFailure === 'stop') {
      throw new UserError(failure, {
        next: 'the same command with --engine onnx or --on-engine-failure cpu; a training goes on from its last epoch with --resume',
        cause: error,
      });
    }
    note?.(`${failure} The rest is computed on the CPU.`);
    return openCpu();
  }
}

class GuardedKept implements Kept {
  constructor(
    readonly inner: Kept,
    readonly read: () => Promise<HostTensors>,
    readonly dispose: () => Promise<void>,
  ) {}
}
