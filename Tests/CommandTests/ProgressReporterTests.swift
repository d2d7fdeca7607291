import Foundation
import ParaPipeline
import ParaTestSupport
import Testing

@testable import para

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
