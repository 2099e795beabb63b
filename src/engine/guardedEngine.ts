import { UserError } from '../error.js';
import type { Compiled, CompileOptions, Engine, Signature, TensorFunction } from './engine.js';

export interface Guard {
  /** What to do when the engine fails in the middle: end the program, or compute on the CPU from there on. */
  onFailure: 'stop' | 'cpu';
  /** Opens the engine that takes over. */
  openCpu(): Promise<Engine>;
  note?(line: string): void;
}

/**
 * An engine that may vanish while it is in use, as a GPU does whose driver is reset or whose memory runs out.
 *
 * Functions are pure and get all that they read with each call, so that the very call that failed is made again on the
 * CPU and nothing is lost; only its dropout masks are drawn anew.
 */
export class GuardedEngine implements Engine {
  private cpu?: Engine;

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

  compile(fn: TensorFunction, signature: Signature, options?: CompileOptions): Compiled {
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
        await onGpu.dispose();
        await onCpu?.dispose();
      },
    };
  }

  private afterFailure(error: Error): Promise<Engine> {
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
