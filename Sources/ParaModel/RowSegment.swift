package import ParaAdapters

/// Rows of a batch that lie side by side and belong to one request.
package struct RowSegment {
  package var rows: Range<Int>
  package var adjustments: RequestAdjustments?

  package init(rows: Range<Int>, adjustments: RequestAdjustments?) {
    self.rows = rows
    self.adjustments = adjustments
  }
}
