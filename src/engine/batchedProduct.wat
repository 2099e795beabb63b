;; Products of pairs of matrices, c = a b, row by row, in tiles of 4 x 4 numbers.
;; Compiled into batchedProductKernel.ts by `node tools/compile-wat.mjs`.
(module
  (import "host" "memory" (memory 1))
  (func (export "multiply")
    ;; Byte addresses of a [pairs, rows, inner], b [pairs, inner, columns] and c [pairs, rows, columns].
    (param $a i32) (param $b i32) (param $c i32)
    ;; Rows and columns are multiples of 4.
    (param $pairs i32) (param $rows i32) (param $inner i32) (param $columns i32)
    ;; Bytes of a row of a, and of b and c; addresses of the tile's rows in a, its column in b and c; ends of the loops.
    (local $wide i32) (local $stride i32)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32) (local $at i32) (local $out i32)
    (local $row i32) (local $column i32) (local $end i32)
    (local $four v128) (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128)
    (local.set $wide (i32.shl (local.get $inner) (i32.const 2)))
    (local.set $stride (i32.shl (local.get $columns) (i32.const 2)))
    (block $done
      (loop $pair
        (br_if $done (i32.eqz (local.get $pairs)))
        (local.set $row (i32.const 0))
        (loop $rows4
          (local.set $column (i32.const 0))
          (loop $columns4
            (local.set $a0 (local.get $a))
            (local.set $a1 (i32.add (local.get $a0) (local.get $wide)))
            (local.set $a2 (i32.add (local.get $a1) (local.get $wide)))
            (local.set $a3 (i32.add (local.get $a2) (local.get $wide)))
            (local.set $end (local.get $a1))
            (local.set $at (i32.add (local.get $b) (local.get $column)))
            (local.set $c0 (v128.const f32x4 0 0 0 0))
            (local.set $c1 (v128.const f32x4 0 0 0 0))
            (local.set $c2 (v128.const f32x4 0 0 0 0))
            (local.set $c3 (v128.const f32x4 0 0 0 0))
            (loop $sum
              (local.set $four (v128.load (local.get $at)))
              (local.set $c0
                (f32x4.add (local.get $c0) (f32x4.mul (v128.load32_splat (local.get $a0)) (local.get $four))))
              (local.set $c1
                (f32x4.add (local.get $c1) (f32x4.mul (v128.load32_splat (local.get $a1)) (local.get $four))))
              (local.set $c2
                (f32x4.add (local.get $c2) (f32x4.mul (v128.load32_splat (local.get $a2)) (local.get $four))))
              (local.set $c3
                (f32x4.add (local.get $c3) (f32x4.mul (v128.load32_splat (local.get $a3)) (local.get $four))))
              (local.set $at (i32.add (local.get $at) (local.get $stride)))
              (local.set $a1 (i32.add (local.get $a1) (i32.const 4)))
              (local.set $a2 (i32.add (local.get $a2) (i32.const 4)))
              (local.set $a3 (i32.add (local.get $a3) (i32.const 4)))
              (local.set $a0 (i32.add (local.get $a0) (i32.const 4)))
              (br_if $sum (i32.lt_u (local.get $a0) (local.get $end))))
            (local.set $out (i32.add (local.get $c) (local.get $column)))
            (v128.store (local.get $out) (local.get $c0))
            (local.set $out (i32.add (local.get $out) (local.get $stride)))
            (v128.store (local.get $out) (local.get $c1))
            (local.set $out (i32.add (local.get $out) (local.get $stride)))
            (v128.store (local.get $out) (local.get $c2))
            (local.set $out (i32.add (local.get $out) (local.get $stride)))
            (v128.store (local.get $out) (local.get $c3))
            (local.set $column (i32.add (local.get $column) (i32.const 16)))
            (br_if $columns4 (i32.lt_u (local.get $column) (local.get $stride))))
          (local.set $a (i32.add (local.get $a) (i32.shl (local.get $wide) (i32.const 2))))
          (local.set $c (i32.add (local.get $c) (i32.shl (local.get $stride) (i32.const 2))))
          (local.set $row (i32.add (local.get $row) (i32.const 4)))
          (br_if $rows4 (i32.lt_u (local.get $row) (local.get $rows))))
        (local.set $b (i32.add (local.get $b) (i32.mul (local.get $inner) (local.get $stride))))
        (local.set $pairs (i32.sub (local.get $pairs) (i32.const 1)))
        (br $pair)))))
