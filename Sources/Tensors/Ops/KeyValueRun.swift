internal import CKernels

/// Rows of cached keys and values: the first `count` of them in order or, where `rows` is given,
/// those it names.
package struct KeyValueRun {
  package var keys: UnsafePointer<Float>  // [position, rowSize]
  package var values: UnsafePointer<Float>  // [position, rowSize]
  package var rowSize: Int
  package var count: Int
  package var rows: UnsafePointer<Int32>?

  package init(
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, rowSize: Int, count: Int,
    rows: UnsafePointer<Int32>? = nil
  ) {
    self.keys = keys
    self.values = values
    self.rowSize = rowSize
    self.count = count
    self.rows = rows
  }

  func kernelRun(from column: Int) -> para_key_value_run {
    para_key_value_run(
      keys: keys + column, values: values + column, stride: rowSize, count: count, rows: rows)
  }
}
