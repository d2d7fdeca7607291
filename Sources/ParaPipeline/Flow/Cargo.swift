/// What stages hand to one another: a value that stands for a known number of rows.
///
/// ``Row`` stands for one and ``Batch`` for several. A type of one's own may conform when a stage
/// passes on something richer. The number is what lets every stage be checked for lost rows.
public protocol Cargo: Sendable {
  /// How many rows of the job this value carries.
  var rowCount: Int { get }
}
