/// A line for people.
struct Fact {
  var label: String
  var value: String

  init(_ label: String, _ value: String) {
    self.label = label
    self.value = value
  }
}
