import Dispatch
import Foundation
import ParaPipeline
import Synchronization

/// Prints the progress of a run until it is finished.
///
/// On a terminal it redraws one line five times a second; elsewhere, as in a cron job's log, it
/// writes a line every 30 seconds. Both end with a summary line.
final class ProgressReporter: Sendable {
  private let output: FileHandle
  private let isTerminal: Bool
  private let snapshot: @Sendable () -> ProgressSnapshot
  private let start = DispatchTime.now()
  private let interval: Double
  private let queue = DispatchQueue(label: "progress")
  private let isFinished = Mutex(false)

  /// Starts printing.
  ///
  /// - Parameters:
  ///   - output: Where the lines go; errors of writing are ignored.
  ///   - interval: Seconds between two lines; nil for 0.2 on a terminal and 30 elsewhere.
  ///   - snapshot: Called for every line, on the reporter's queue.
  init(
    to output: FileHandle = .standardError, every interval: Double? = nil,
    snapshot: @escaping @Sendable () -> ProgressSnapshot
  ) {
    self.output = output
    isTerminal = isatty(output.fileDescriptor) == 1
    self.snapshot = snapshot
    self.interval = interval ?? (isTerminal ? 0.2 : 30)
    reportLater()
  }

  /// Stops, with a summary line. To be called once.
  func finish() {
    queue.sync {
      isFinished.withLock { $0 = true }
      write((isTerminal ? "\r\u{1B}[K" : "") + line.finished + "\n")
    }
  }

  private func reportLater() {
    queue.asyncAfter(deadline: .now() + interval) { [weak self] in
      guard let self, !isFinished.withLock(\.self) else { return }
      report()
      reportLater()
    }
  }

  private func report() {
    // The last column stays free, because some terminals wrap a line that fills it.
    write(isTerminal ? "\r\(line.running(width: width - 1))\u{1B}[K" : line.running() + "\n")
  }

  private var line: ProgressLine {
    let elapsed = DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds
    return ProgressLine(snapshot(), after: Double(elapsed) / 1e9)
  }

  /// The terminal's number of columns, which may change at any time.
  private var width: Int {
    var size = winsize()
    let isKnown = ioctl(output.fileDescriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }

  private func write(_ text: String) { try? output.write(contentsOf: Data(text.utf8)) }
}
