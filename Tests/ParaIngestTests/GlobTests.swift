import ParaIngest
import ParaJSON
import Testing

struct GlobTests {
  @Test(arguments: [
    ("*.jsonl", "a.jsonl"), ("*.jsonl", "d/e/a.jsonl"), ("*.jsonl", ".jsonl"),
    ("./*.jsonl", "a.jsonl"), ("*.jsonl", "./a.jsonl"), ("d/*", "d/a"), ("d/*", "./d/a"),
    ("d/**", "d/e/a"), ("**/a", "a"), ("**/a", "d/e/a"), ("d/**/a", "d/a"), ("d/**/a", "d/e/f/a"),
    ("x/d**a", "x/d/e/a"), ("a?c", "abc"), ("a?c", "aéc"), ("[a-c]x", "bx"), ("[!a-c]x", "dx"),
    ("[]]x", "]x"), ("[a-]x", "-x"), ("[ab]", "b"), (#"\*"#, "*"), (#"\[a]"#, "[a]"), ("", ""),
    ("**", "a/b"), ("*", "a/b"), ("a*b*c", "aXbYbZc"), ("dev-[0-9].json", "x/dev-1.json"),
  ])
  func matches(pattern: String, name: String) throws {
    #expect(try #require(Glob(pattern)).matches(name))
  }

  @Test(arguments: [
    ("*.jsonl", "a.json"), ("*.jsonl", "a.jsonl.gz"), ("d/*", "d/e/a"), ("d/*", "x/d/a"),
    ("/a", "a"), ("**/a", "xa"), ("d/**/a", "da"), ("d/**/a", "d/xa"), ("a?c", "ac"),
    ("a/?/c", "a///c"), ("[a-c]x", "dx"), ("[!a-c]x", "bx"), ("x/[!a]y", "x//y"), ("a", "A"),
    ("", "a"), ("a*b*c", "aXbY"), (#"\*"#, "x"), ("?", ""),
  ])
  func doesNotMatch(pattern: String, name: String) throws {
    #expect(!(try #require(Glob(pattern)).matches(name)))
  }

  @Test(arguments: ["[", "[a", "[]", "[!]", "[z-a]", "a[b"])
  func refuses(pattern: String) {
    #expect(Glob(pattern) == nil)
  }

  /// Patterns for which a backtracking matcher takes exponential time.
  @Test func takesNoLongerForManyStars() throws {
    let pattern = try #require(Glob(String(repeating: "*a", count: 60) + "b"))
    #expect(!pattern.matches(String(repeating: "a", count: 500)))
  }
}
