/**
 * LogBERT's training step as one would write it for tfjs-node alone: variables, tf.train.adam, masked cross-entropy.
 * @returns () => loss, which trains one step
 */
export function plainStep(tf, { V, D, H, F, layers, B, T, dropout }) {
  const uniform = (shape) => tf.variable(tf.randomUniform(shape, -1 / Math.sqrt(shape[0]), 1 / Math.sqrt(shape[0])));
  const linear = (inputs, outputs) => ({ w: uniform([inputs, outputs]), b: tf.variable(tf.zeros([outputs])) });
  const norm = () => ({ gain: tf.variable(tf.ones([D])), bias: tf.variable(tf.zeros([D])) });
  const embedding = tf.variable(tf.randomNormal([V, D], 0, 0.02));
  const positions = tf.keep(tf.randomNormal([T, D]));
  const blocks = Array.from({ length: layers }, () => ({
    norm1: norm(),
    norm2: norm(),
    query: linear(D, D),
    key: linear(D, D),
    value: linear(D, D),
    output: linear(D, D),
    inner: linear(D, F),
    outer: linear(F, D),
  }));
  const keysOut = linear(D, V);

  const apply = (x, { w, b }) => tf.add(tf.matMul(x, w), b);
  const drop = (x) => (dropout === 0 ? x : tf.dropout(x, dropout));
  const normalize = (x, { gain, bias }) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5))), gain), bias);
  };
  const gelu = (x) => {
    const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
  };
  const heads = (x) => tf.transpose(tf.reshape(x, [B, T, H, D / H]), [0, 2, 1, 3]);
  const attention = (x, block, bias) => {
    const [q, k, v] = [block.query, block.key, block.value].map((part) => heads(apply(x, part)));
    const scores = tf.add(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(D / H)), bias);
    const mixed = tf.matMul(drop(tf.softmax(scores)), v); // [B, H, T, D/H]
    return apply(tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [B * T, D]), block.output);
  };

  const optimizer = tf.train.adam(6e-4);
  const draw = (below) => Int32Array.from({ length: B * T }, () => Math.floor(Math.random() * below));
  return () =>
    tf.tidy(() => {
      const keys = tf.tensor1d(draw(V), 'int32');
      const targets = tf.oneHot(tf.tensor1d(draw(V), 'int32'), V);
      const weights = tf.fill([B * T], 1 / (B * T));
      const bias = tf.zeros([B, 1, 1, T]);
      const loss = optimizer.minimize(() => {
        let x = tf.reshape(tf.add(tf.reshape(tf.gather(embedding, keys), [B, T, D]), positions), [B * T, D]);
        x = drop(x);
        for (const block of blocks) {
          x = tf.add(x, drop(attention(normalize(x, block.norm1), block, bias)));
          const inner = drop(gelu(apply(normalize(x, block.norm2), block.inner)));
          x = tf.add(x, drop(apply(inner, block.outer)));
        }
        const logp = tf.logSoftmax(apply(x, keysOut));
        return tf.neg(tf.sum(tf.mul(tf.sum(tf.mul(logp, targets), 1), weights)));
      }, true);
      return loss.dataSync()[0];
    });
}
