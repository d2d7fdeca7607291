import Testing

@testable import ParaJinja

/// Hostile templates end with an error soon, whatever they multiply.
@Suite struct LimitTests {
  @Test(arguments: [
    "{{ 'x' * 1000000000 }}", "{{ [0] * 1000000000 }}", "{{ 'x'|center(1000000000) }}",
    "{{ '%1000000000d' % 1 }}", "{{ '{:>1000000000}'.format(1) }}", "{{ 9 ** (9 ** 9) }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% set ns = namespace(s='x') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "{{ range(1000000000) }}", "{{ 'ab'.replace('', 'x' * 20000000) }}",
    "{{ 'x'|indent(1000000000) }}",
    "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
  ])
  func costs(template: String) throws {
    let parsed = try JinjaTemplate(template, .plain)
    let error = #expect(throws: JinjaError.self) { try parsed.render([:]) }
    #expect(error?.code == .limit)
  }

  @Test(arguments: ["(", "[", "{'a':", "not ", "-", "1 if ", "x("])
  func nesting(of opening: String) {
    let template = "{{ " + String(repeating: opening, count: 100_000)
    #expect(throws: JinjaError.self) { try JinjaTemplate(template, .plain) }
  }

  @Test func nestedTags() {
    let template = String(repeating: "{% if x %}", count: 100_000)
    let error = #expect(throws: JinjaError.self) { try JinjaTemplate(template, .plain) }
    #expect(error?.code == .limit)
  }

  /// A value that holds itself.
  @Test func cycles() throws {
    let template = try JinjaTemplate("{% set l = [] %}{% set _ = l.append(l) %}{{ l }}", .task)
    let error = #expect(throws: JinjaError.self) { try template.render([:]) }
    #expect(error?.code == .limit)
  }
}
