;; One step of Adam (Kingma and Ba, 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter, 2019,
;; algorithm 2) in place, four numbers at a time.
;; Compiled into adamKernel.ts by `node tools/compile-wat.mjs`.
(module
  (import "host" "memory" (memory 1))
  (func (export "adam")
    ;; Byte addresses of the parameters, the moments and the gradient; their common length in bytes, a multiple of 16.
    (param $p i32) (param $m i32) (param $v i32) (param $g i32) (param $bytes i32)
    ;; rate / (1 - beta1^step) and 1 / (1 - beta2^step)
    (param $scale f32) (param $correction f32)
    ;; 1 - rate * decay
    (param $keep f32)
    (local $i i32) (local $gradient v128) (local $first v128) (local $second v128)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $bytes)))
        (local.set $gradient (v128.load (i32.add (local.get $g) (local.get $i))))
        (local.set $first
          (f32x4.add
            (f32x4.mul (v128.const f32x4 0.9 0.9 0.9 0.9) (v128.load (i32.add (local.get $m) (local.get $i))))
            (f32x4.mul (v128.const f32x4 0.1 0.1 0.1 0.1) (local.get $gradient))))
        (local.set $second
          (f32x4.add
            (f32x4.mul (v128.const f32x4 0.999 0.999 0.999 0.999) (v128.load (i32.add (local.get $v) (local.get $i))))
            (f32x4.mul
              (v128.const f32x4 0.001 0.001 0.001 0.001)
              (f32x4.mul (local.get $gradient) (local.get $gradient)))))
        (v128.store (i32.add (local.get $m) (local.get $i)) (local.get $first))
        (v128.store (i32.add (local.get $v) (local.get $i)) (local.get $second))
        (v128.store (i32.add (local.get $p) (local.get $i))
          (f32x4.sub
            (f32x4.mul (f32x4.splat (local.get $keep)) (v128.load (i32.add (local.get $p) (local.get $i))))
            (f32x4.div
              (f32x4.mul (f32x4.splat (local.get $scale)) (local.get $first))
              (f32x4.add
                (f32x4.sqrt (f32x4.mul (f32x4.splat (local.get $correction)) (local.get $second)))
                (v128.const f32x4 1e-8 1e-8 1e-8 1e-8)))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br $next)))))
