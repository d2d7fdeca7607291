import Foundation
import ParaPipeline
import ParaTestSupport
import Testing

@testable import para

@Suite("ProgressLine")
struct ProgressLineTests {
  private let midway = ProgressSnapshot(
    rows: 1200, failedRows: 3, totalRows: 10_000, promptTokens: 153_600, newTokens: 19_200)

  @Test("shows everything if there is room")
  func everything() {
    // 1,200 rows in 30 s are 40 a second, so the other 8,800 take 220 s.
    #expect(
      ProgressLine(midway, after: 30).running()
        == "1,200 of 10,000 rows (12 %), 40.0 rows/s, 5,120 + 640 tokens/s, 3 failed, "
        + "3 min 40 s left")
  }

  @Test(
    "leaves out what matters least, the narrower the line",
    arguments: [
      (
        89,
        "1,200 of 10,000 rows (12 %), 40.0 rows/s, 5,120 + 640 tokens/s, 3 failed, "
          + "3 min 40 s left"
      ),
      (88, "1,200 of 10,000 rows (12 %), 40.0 rows/s, 3 failed, 3 min 40 s left"),
      (66, "1,200 of 10,000 rows (12 %), 3 failed, 3 min 40 s left"),
      (53, "1,200 of 10,000 rows (12 %), 3 min 40 s left"),
      (43, "1,200 of 10,000 rows (12 %)"),
      (20, "1,200 of 10,000 rows"), (5, "1,200"), (0, ""), (-1, ""),
    ])
  func widths(width: Int, expected: String) {
    #expect(ProgressLine(midway, after: 30).running(width: width) == expected)
  }

  @Test("says nothing that it cannot know")
  func beginning() {
    #expect(ProgressLine(ProgressSnapshot(rows: 0), after: 0).running() == "0 rows")
    #expect(
      ProgressLine(ProgressSnapshot(rows: 0, totalRows: 50), after: 1).running()
        == "0 of 50 rows (0 %)")
    #expect(
      ProgressLine(ProgressSnapshot(rows: 5), after: 10).running() == "5 rows, 0.50 rows/s")
  }

  @Test("estimates the rows by the bytes that were read")
  func estimate() {
    // 50 rows were a tenth of the input, so there may be 500; 20 took 10 s, 480 take 240 s.
    var snapshot = ProgressSnapshot(rows: 20, rowsRead: 50, fractionRead: 0.1)
    #expect(
      ProgressLine(snapshot, after: 10).running()
        == "20 of about 500 rows (4 %), 2.00 rows/s, 4 min 00 s left")
    snapshot.fractionRead = 1
    #expect(
      ProgressLine(snapshot, after: 10).running()
        == "20 of 50 rows (40 %), 2.00 rows/s, 15 s left")
  }

  @Test("no estimate makes it crash", arguments: [0, -1, 1e-300, .nan, .infinity, 2])
  func oddEstimates(fraction: Double) {
    let snapshot = ProgressSnapshot(rows: 20, rowsRead: 50, fractionRead: fraction)
    #expect(ProgressLine(snapshot, after: 10).running().hasPrefix("20 "))
    #expect(ProgressLine(snapshot, after: .nan).running().hasPrefix("20 "))
  }

  @Test("shows 100 % at the end only")
  func nearlyDone() {
    let nearly = ProgressSnapshot(rows: 9_999, totalRows: 10_000)
    #expect(ProgressLine(nearly, after: 0).running().hasPrefix("9,999 of 10,000 rows (99 %)"))
    let empty = ProgressSnapshot(rows: 0, totalRows: 0)
    #expect(ProgressLine(empty, after: 1).running() == "0 of 0 rows (100 %)")
  }

  @Test("sums the run up at its end")
  func finished() {
    #expect(
      ProgressLine(midway, after: 30).finished
        == "1,200 rows in 30 s, 40.0 rows/s, 5,120 + 640 tokens/s, 3 failed")
    #expect(ProgressLine(ProgressSnapshot(rows: 0), after: 0.2).finished == "0 rows in 0 s")
  }

  @Test(
    "durations",
    arguments: [
      (0, "0 s"), (0.4, "0 s"), (0.5, "1 s"), (42.4, "42 s"), (59.6, "1 min 00 s"),
      (185, "3 min 05 s"),
      (3599.4, "59 min 59 s"), (3599.5, "1 h 00 min"), (3720, "1 h 02 min"),
      (3749, "1 h 02 min"), (3750, "1 h 03 min"), (100_000, "27 h 47 min"), (-3, "?"),
      (.nan, "?"), (.infinity, "?"),
    ])
  func durations(seconds: Double, expected: String) {
    #expect(ProgressLine.duration(seconds) == expected)
  }

  @Test(
    "rates",
    arguments: [
      (0, "0.00"), (0.254, "0.25"), (9.99, "9.99"), (9.996, "10.0"), (45.64, "45.6"),
      (99.96, "100"), (1234.4, "1,234"), (1e6, "1,000,000"), (.nan, "?"), (1e300, "?"),
    ])
  func rates(rate: Double, expected: String) {
    #expect(ProgressLine.rate(rate) == expected)
  }
}

@Suite("ProgressReporter", .timeLimit(.minutes(5)))
struct ProgressReporterTests {
  @Test("writes plain lines where there is no terminal, and one at the end")
  func plain() throws {
    let pipe = Pipe()
    let asked = DispatchSemaphore(value: 0)
    let reporter = ProgressReporter(to: pipe.fileHandleForWriting, every: 0.001) {
      asked.signal()
      return ProgressSnapshot(rows: 0, totalRows: 9)
    }
    asked.wait()
    asked.wait()
    reporter.finish()
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count >= 4)
    #expect(lines.dropLast(2).allSatisfy { $0 == "0 of 9 rows (0 %)" })
    #expect(lines.suffix(2) == ["0 rows in 0 s", ""])
  }

  @Test("redraws one line on a terminal, as wide as it is")
  func terminal() throws {
    var (leader, follower): (Int32, Int32) = (0, 0)
    var size = winsize(ws_row: 24, ws_col: 21, ws_xpixel: 0, ws_ypixel: 0)
    try #require(openpty(&leader, &follower, nil, nil, &size) == 0)
    let screen = FileHandle(fileDescriptor: leader, closeOnDealloc: true)
    let terminal = FileHandle(fileDescriptor: follower, closeOnDealloc: true)
    let reporter = ProgressReporter(to: terminal, every: 0.02) {
      ProgressSnapshot(rows: 1200, totalRows: 10_000)
    }
    let line = "\r1,200 of 10,000 rows\u{1B}[K"
    let first = try #require(try screen.read(upToCount: line.utf8.count))
    #expect(String(decoding: first, as: UTF8.self) == line)
    reporter.finish()
    var rest = ""
    while !rest.hasSuffix("\r\n") { rest += String(decoding: screen.availableData, as: UTF8.self) }
    #expect(rest.contains("\r\u{1B}[K1,200 rows in 0 s, "))
    #expect(rest.hasSuffix(" rows/s\r\n"))
  }

  @Test("ends when it is forgotten")
  func forgotten() {
    let census = Census()
    do {
      let token = Census.Token(census)
      let reporter = ProgressReporter(to: .nullDevice, every: 100) {
        withExtendedLifetime(token) { ProgressSnapshot(rows: 0) }
      }
      #expect(census.alive == 1)
      withExtendedLifetime(reporter) {}
    }
    #expect(census.alive == 0)
  }
}
