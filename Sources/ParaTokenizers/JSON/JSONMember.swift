/// One `"key": value` of a JSON object.
struct JSONMember: Sendable {
  let key: String
  let value: JSONValue
}
