/**
 * Writes the protocol buffer wire format (https://protobuf.dev/programming-guides/encoding), as far as an ONNX model
 * needs it: varints, floats and length-delimited fields. Field numbers are those of onnx.proto3.
 */
export class ProtoWriter {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  int(field: number, value: number): this {
    this.push(varint(field * 8));
    return this.push(varint(value));
  }

  float(field: number, value: number): this {
    this.push(varint(field * 8 + 5));
    return this.push(new Uint8Array(new Float32Array([value]).buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    this.push(varint(field * 8 + 2));
    this.push(varint(value.length));
    return this.push(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: ProtoWriter): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  private push(chunk: Uint8Array): this {
    this.chunks.push(chunk);
    this.length += chunk.length;
    return this;
  }
}

// int64 and enum fields are varints of the 64-bit two's complement.
function varint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}
