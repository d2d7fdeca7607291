import Foundation
import ParaResults
import ParaTestSupport
import Testing

@Suite("Ledger")
struct LedgerTests {
  private let scratch: TemporaryFolder
  private var folder: String { scratch.path + "/runs/first" }

  init() throws { scratch = try TemporaryFolder() }

  @Test("writes rows in order, whatever order they complete in")
  func order() throws {
    let ledger = try Ledger.create(in: folder)
    var generator = SeededGenerator(seed: 7)
    for row in (0..<500).shuffled(using: &generator) {
      try ledger.append(line(row), row: row, to: row % 7 == 3 ? .errors : .predictions)
    }
    #expect(ledger.count == 500)
    #expect(scratch.names == ["runs"])
    try ledger.finish(rows: 500)
    let errors = (0..<500).filter { $0 % 7 == 3 }
    let predictions = (0..<500).filter { $0 % 7 != 3 }
    #expect(try scratch.bytes("runs/first/errors.jsonl") == lines(errors))
    #expect(try scratch.bytes("runs/first/predictions.jsonl") == lines(predictions))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == ["errors.jsonl", "predictions.jsonl"])
  }

  @Test("a run without rows leaves two empty files")
  func empty() throws {
    let ledger = try Ledger.create(in: folder)
    try ledger.finish(rows: 0)
    #expect(try scratch.bytes("runs/first/errors.jsonl").isEmpty)
    #expect(try scratch.bytes("runs/first/predictions.jsonl").isEmpty)
  }

  @Test("lines longer than the write buffer, and empty ones, are written unchanged")
  func longLines() throws {
    let ledger = try Ledger.create(in: folder)
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 18)
    try ledger.append([], row: 1, to: .predictions)
    try ledger.append(long, row: 0, to: .predictions)
    try ledger.finish()
    let newline = UInt8(ascii: "\n")
    #expect(try scratch.bytes("runs/first/predictions.jsonl") == long + [newline, newline])
  }

  @Test("takes rows from several threads")
  func threads() throws {
    let ledger = try Ledger.create(in: folder)
    DispatchQueue.concurrentPerform(iterations: 4) { worker in
      for row in stride(from: worker, to: 400, by: 4) {
        try? ledger.append(line(row), row: row, to: .predictions)
      }
    }
    try ledger.finish(rows: 400)
    #expect(try scratch.bytes("runs/first/predictions.jsonl") == lines(Array(0..<400)))
  }

  @Test("a row that is completed twice is named")
  func doubleRow() throws {
    let ledger = try Ledger.create(in: folder)
    try ledger.append(line(4), row: 4, to: .predictions)
    #expect(ledger.contains(4))
    try expect(
      .doubleRow, "Row 4 was completed twice; '\(folder)/ledger' keeps the first."
    ) {
      try ledger.append(line(4), row: 4, to: .errors)
    }
  }

  @Test("a row that is missing at the end is named, and can be completed")
  func missingRow() throws {
    let ledger = try Ledger.create(in: folder)
    for row in [0, 1, 4] { try ledger.append(line(row), row: row, to: .predictions) }
    try expect(
      .missingRow,
      "Row 2 is missing from '\(folder)/ledger', as the first of 3 of the job's 6 rows; "
        + "run the job again with --overwrite."
    ) {
      try ledger.finish(rows: 6)
    }
    for row in [5, 2, 3] { try ledger.append(line(row), row: row, to: .predictions) }
    try ledger.finish(rows: 6)
    #expect(try scratch.bytes("runs/first/predictions.jsonl") == lines(Array(0..<6)))
  }

  @Test("a row that the job does not have is named")
  func unknownRow() throws {
    let ledger = try Ledger.create(in: folder)
    for row in 0...3 { try ledger.append(line(row), row: row, to: .predictions) }
    try expect(
      .unknownRow, "Row 3 is in '\(folder)/ledger', but the job has only 3 rows, from 0."
    ) {
      try ledger.finish(rows: 3)
    }
  }

  @Test("a result of several lines is refused")
  func severalLines() throws {
    let ledger = try Ledger.create(in: folder)
    try expect(
      .severalLines,
      "The result of row 0 holds a line break; a result must be one line of JSON."
    ) {
      try ledger.append(Array("{\n}".utf8), row: 0, to: .predictions)
    }
  }

  @Test("results are replaced only with overwrite")
  func overwrite() throws {
    #expect(try Ledger.contents(of: folder) == .nothing)
    let first = try Ledger.create(in: folder)
    try first.append(line(1), row: 0, to: .predictions)
    try first.finish()
    #expect(try Ledger.contents(of: folder) == .results)
    try expect(
      .resultsExist,
      "The output folder '\(folder)' already holds results; choose another output, "
        + "or replace them with --overwrite."
    ) {
      _ = try Ledger.create(in: folder)
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == ["errors.jsonl", "predictions.jsonl"])
    let second = try Ledger.create(in: folder, overwrite: true)
    try second.append(line(2), row: 0, to: .errors)
    #expect(try scratch.bytes("runs/first/predictions.jsonl") == lines([1]))
    try second.finish()
    #expect(try scratch.bytes("runs/first/predictions.jsonl").isEmpty)
    #expect(try scratch.bytes("runs/first/errors.jsonl") == lines([2]))
  }

  @Test("a second run on the same folder is refused")
  func inUse() throws {
    let ledger = try Ledger.create(in: folder)
    try expect(
      .inUse,
      "Another run is writing to '\(folder)/ledger'; wait for its end or choose another output."
    ) {
      _ = try Ledger.create(in: folder, overwrite: true)
    }
    #expect(ledger.count == 0)
  }

  @Test("a folder that cannot be made is named with the reason")
  func noFolder() throws {
    try scratch.write([], "runs")
    try expect(.system, "Cannot create the folder '\(folder)/': Not a directory.") {
      _ = try Ledger.create(in: folder)
    }
  }

  @Test(
    "a full disk is an error, and nothing is lost",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "There is no /dev/full."))
  func fullDisk() throws {
    let ledger = try Ledger.create(in: folder)
    try ledger.append(line(0), row: 0, to: .predictions)
    let partial = folder + "/predictions.jsonl.partial"
    try FileManager.default.createSymbolicLink(
      atPath: partial, withDestinationPath: "/dev/full")
    try expect(.system, "Cannot write to '\(partial)': No space left on device.") {
      try ledger.finish()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["ledger"])
    try ledger.finish()
    #expect(try scratch.bytes("runs/first/predictions.jsonl") == lines([0]))
  }

  private func expect(
    _ code: LedgerError.Code, _ message: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) throws {
    let error = #expect(throws: LedgerError.self, sourceLocation: sourceLocation, performing: body)
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(error?.description == message, sourceLocation: sourceLocation)
  }

  private func line(_ row: Int) -> [UInt8] { Array(#"{"row":\#(row)}"#.utf8) }

  private func lines(_ rows: [Int]) -> [UInt8] {
    rows.flatMap { line($0) + [UInt8(ascii: "\n")] }
  }
}
