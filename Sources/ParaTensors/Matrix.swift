/// A view of row-major fp32 memory, [rows, columns], a row `columns` numbers after the other.
///
/// It does not keep the memory alive: matrices point into a `Arena` or a `FloatBuffer` that
/// outlives them and never leave the pass which made them.
package struct Matrix {
  package let base: UnsafeMutablePointer<Float>
  package let rows: Int
  package let columns: Int

  package init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.base = base
    self.rows = rows
    self.columns = columns
  }

  @inlinable
  package func row(_ index: Int) -> UnsafeMutablePointer<Float> {
    assert(index >= 0 && index < max(rows, 1))
    return base + index * columns
  }

  /// The rows of a range as a matrix of their own.
  package func rows(_ range: Range<Int>) -> Matrix {
    assert(range.lowerBound >= 0 && range.upperBound <= rows)
    return Matrix(base: base + range.lowerBound * columns, rows: range.count, columns: columns)
  }

  /// The same rows from a column on. They still are `columns` numbers apart, fewer of them their own.
  package func from(column: Int) -> Matrix {
    Matrix(base: base + column, rows: rows, columns: columns)
  }
}
