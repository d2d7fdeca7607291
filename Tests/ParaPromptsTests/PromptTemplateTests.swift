import ParaJSON
import Testing

@testable import ParaPrompts

@Suite struct PromptTemplateTests {
  private func render(_ text: String, _ fields: JSONObject) throws -> String {
    try PromptTemplate(text).render(fields)
  }

  @Test func fieldsOfEveryKind() throws {
    let fields: JSONObject = [
      "text": .string("a < b & \"c\""), "count": .integer(3), "flag": .bool(true),
      "list": .array([.string("x"), .string("y")]), "part": .object(["name": .string("z")]),
    ]
    #expect(try render("Q: {{ text }}\nA:", fields) == "Q: a < b & \"c\"\nA:")
    #expect(try render("{{ count }} {{ flag }} {{ part.name }}", fields) == "3 true z")
    #expect(try render("{{ list|join:\", \" }}", fields) == "x, y")
    #expect(try render("{% for x in list %}{{ x }};{% endfor %}", fields) == "x;y;")
    #expect(try render("{% if flag %}yes{% else %}no{% endif %}", fields) == "yes")
  }

  @Test func whatLooksLikeATemplateInARowIsText() throws {
    #expect(
      try render("{{ text }}", ["text": .string("{{ other }} {% if %}")]) == "{{ other }} {% if %}")
  }

  @Test func aMissingFieldIsAnError() {
    let error = #expect(throws: PromptError.self) {
      try render("{{ question }} {{ context }}", ["question": .string("?")])
    }
    #expect(error?.failureMessage == "The row has no field 'context'; it has question.")
    #expect(throws: Never.self) { try render("{% if title %}{{ title }}{% endif %}.", [:]) }
  }

  @Test(arguments: ["{% if %}x{% endif %}", "{{ a|nofilter }}", "{% for %}", "{{ list.last }}"])
  func brokenTemplatesAreRefused(text: String) {
    #expect(throws: (any Error).self) { try PromptTemplate(text) }
  }
}
