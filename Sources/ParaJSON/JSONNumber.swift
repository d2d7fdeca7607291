/// A number of a JSON text: whole numbers without fraction and exponent stay exact where they fit.
package enum JSONNumber: Sendable {
  case integer(Int64)
  case double(Double)
}
