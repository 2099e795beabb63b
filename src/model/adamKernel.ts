// Made from adam.wat by tools/compile-wat.mjs: change that file, not this one.
export const ADAM_KERNEL = [
  'AGFzbQEAAAABCwFgB39/f39/fX0AAhABBGhvc3QGbWVtb3J5AgABAwIBAAcIAQRhZGFtAAAK+wEB+AECAX8DewJAA0AgByAETw0B',
  'IAMgB2r9AAQAIQj9DGZmZj9mZmY/ZmZmP2ZmZj8gASAHav0ABAD95gH9DM3MzD3NzMw9zczMPc3MzD0gCP3mAf3kASEJ/Qx3vn8/',
  'd75/P3e+fz93vn8/IAIgB2r9AAQA/eYB/QxvEoM6bxKDOm8SgzpvEoM6IAggCP3mAf3mAf3kASEKIAEgB2ogCf0LBAAgAiAHaiAK',
  '/QsEACAAIAdqIAAgB2r9AAQAIAX9EyAJ/eYBIAb9EyAK/eYB/eMB/Qx3zCsyd8wrMnfMKzJ3zCsy/eQB/ecB/eUB/QsEACAHQRBq',
  'IQcMAAsLCw==',
].join('');
