import Testing

@testable import ParaScoring

@Suite struct SQLStatementTests {
  @Test(arguments: [
    ("SELECT a FROM t", "select  A\nfrom T ;"),
    ("SELECT COUNT(*) FROM t WHERE a>=1", "select count ( * ) from t where a >= 1;;"),
    ("SELECT 'It''s' FROM t", "select 'It''s' from t"),
    ("SELECT \"A b\" FROM 1-1000181-1", "select \"A b\" from 1-1000181-1"),
    ("", " ; "),
  ])
  func caseAndSpaceOutsideQuotesDoNotCount(first: String, second: String) {
    #expect(SQLStatement(first) == SQLStatement(second))
  }

  @Test(arguments: [
    ("SELECT 'a'", "SELECT 'A'"), ("SELECT 'a b'", "SELECT 'a  b'"), ("SELECT 'a'", "SELECT \"a\""),
    ("SELECT ab", "SELECT a b"), ("SELECT 1.5", "SELECT 15"), ("SELECT a", "SELECT a;b"),
    ("SELECT 'a;'", "SELECT 'a'"), ("SELECT ''''", "SELECT ''"), ("SELECT 'open", "SELECT 'open'"),
  ])
  func theRestCounts(first: String, second: String) {
    #expect(SQLStatement(first) != SQLStatement(second))
  }

  @Test(arguments: [
    ("SELECT a FROM t ORDER BY a", true), ("select a from t order\nby a limit 1;", true),
    ("SELECT a FROM (SELECT a FROM t ORDER BY a)", false), ("SELECT 'order by' FROM t", false),
    ("SELECT (SELECT 1) ORDER BY 1", true), ("SELECT rank() OVER (ORDER BY a) FROM t", false),
  ])
  func orderOfTheWholeQueryIsKnown(query: String, isOrdered: Bool) {
    #expect(SQLStatement(query).isOrdered == isOrdered)
  }
}
