import Testing

@testable import ParaReports

@Suite struct ByteCountTests {
  @Test(arguments: [
    ("500 MB", 500_000_000), ("1.5GB", 1_500_000_000), ("64 kb", 64_000), ("0 KB", 0),
    ("2TB", 2_000_000_000_000),
  ])
  func reads(text: String, bytes: Int) {
    #expect(ByteCount(parsing: text)?.bytes == bytes)
  }

  @Test(arguments: [
    "", "64", "MB", "-1 MB", "1 MiB", "1e3 MB", "1 M B", "1..5 MB", "99999999999 TB",
  ])
  func refuses(text: String) { #expect(ByteCount(parsing: text) == nil) }

  @Test func writesWhatItReads() {
    for bytes in [812_000, 14_000_000, 1_250_000_000] {
      #expect(ByteCount(parsing: ByteCount(bytes).text)?.bytes == bytes)
    }
  }

  @Test(
    "digits are grouped by three",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567"),
      (.max, "9,223,372,036,854,775,807"), (.min, "-9,223,372,036,854,775,808"),
    ])
  func groups(number: Int, expected: String) {
    #expect(number.grouped == expected)
  }
}
