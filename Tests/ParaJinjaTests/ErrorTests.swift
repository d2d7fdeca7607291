import Testing

@testable import ParaJinja

/// An error says where, and what was probably meant.
@Suite struct ErrorTests {
  @Test(arguments: [
    ("{{ x", "line 1, column 1: the tag is not closed by '}}'"),
    ("a\n  {% fro x %}", "line 2, column 6: there is no tag 'fro'"),
    ("{% include 'x' %}", "line 1, column 4: the tag 'include' is not honoured here"),
    ("{{ x | uper }}", "line 1, column 8: there is no filter 'uper'; did you mean 'upper'?"),
    ("{{ x is odb }}", "line 1, column 9: there is no test 'odb'; did you mean 'odd'?"),
    ("{% if x %}", "line 1, column 11: the template ends where '{% endif %}' is expected"),
    ("{{ (1 }}", "line 1, column 7: unexpected '}', expected ')'"),
    ("{% raw %}", "line 1, column 1: '{% raw %}' is not closed by '{% endraw %}'"),
  ])
  func syntax(template: String, message: String) {
    let error = #expect(throws: JinjaError.self) { try JinjaTemplate(template, .plain) }
    #expect(error?.description == message)
  }

  @Test(arguments: [
    ("{{ qestion }}", "line 1, column 1: 'qestion' is undefined; did you mean 'question'?"),
    (
      "{{ row.titel }}",
      "line 1, column 1: 'dict object' has no attribute 'titel'; did you mean 'title'?"
    ),
    ("{{ question.x.y }}", "line 1, column 14: 'str object' has no attribute 'x'"),
    ("{{ 1 + 'a' }}", "line 1, column 6: unsupported operand type(s) for +: 'int' and 'str'"),
    ("\n{{ list[7] }}", "line 2, column 1: 'list object' has no element 7"),
  ])
  func undefined(template: String, message: String) throws {
    let parsed = try JinjaTemplate(template, .task)
    let error = #expect(throws: JinjaError.self) {
      try parsed.render([
        "question": .string("why"), "list": .array([]),
        "row": .dictionary(JinjaDictionary(strings: [("title", .string("T"))])),
      ])
    }
    #expect(error?.description == message)
  }
}
