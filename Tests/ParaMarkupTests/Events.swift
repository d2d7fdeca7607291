import Foundation
import ParaMarkup

/// The events and the error of a document that is read to its end.
struct Events {
  private(set) var events: [MarkupEvent] = []
  private(set) var lines: [Int] = []
  private(set) var error: MarkupError?

  /// - Parameter pieceSize: The maximum number of bytes that the reader gets at once.
  init(of data: Data, pieceSize: Int = 4096) throws {
    var rest = data[...]
    let reader = MarkupReader { buffer in
      let piece = rest.prefix(min(pieceSize, buffer.count))
      rest = rest.dropFirst(piece.count)
      piece.copyBytes(to: buffer)
      return piece.count
    }
    do {
      while let event = try reader.next() {
        events.append(event)
        lines.append(reader.line)
      }
    } catch let error as MarkupError {
      self.error = error
    }
  }

  init(of text: String, pieceSize: Int = 4096) throws {
    try self.init(of: Data(text.utf8), pieceSize: pieceSize)
  }

  /// The events with contiguous text joined.
  var merged: [MarkupEvent] {
    events.reduce(into: []) { merged, event in
      if case .text(let text) = event, case .text(let before) = merged.last {
        merged[merged.count - 1] = .text(before + text)
      } else {
        merged.append(event)
      }
    }
  }

  var text: String {
    events.reduce(into: "") { text, event in
      if case .text(let piece) = event { text += piece }
    }
  }

  var starts: [(event: MarkupEvent, line: Int)] {
    zip(events, lines).filter { event, _ in
      if case .start = event { true } else { false }
    }
  }
}
