import Dispatch
import Testing

@testable import ParaFlow

@Suite("BoundedQueue", .timeLimit(.minutes(5)))
struct BoundedQueueTests {
  @Test("is first in, first out, also where the ring wraps around")
  func order() throws {
    let queue = BoundedQueue<Int>(capacity: 3)
    var taken: [Int?] = []
    for number in 0..<8 {
      try queue.send(2 * number)
      try queue.send(2 * number + 1)
      taken += [try queue.next(), try queue.next()]
    }
    #expect(taken == Array(0..<16))
    #expect(queue.peakDepth == 2)
  }

  @Test("after closing returns what is queued, then ends for every taker")
  func closing() throws {
    let queue = BoundedQueue<Int>(capacity: 2)
    try queue.send(7)
    queue.close()
    #expect(!queue.isExhausted)
    #expect(try queue.next() == 7)
    #expect(queue.isExhausted)
    #expect(try queue.next() == nil)
    #expect(try queue.poll() == .ended)
    #expect(throws: FlowError.cancelled) { try queue.send(8) }
  }

  @Test("polls without waiting")
  func polling() throws {
    let queue = BoundedQueue<Int>(capacity: 2)
    #expect(try queue.poll() == .empty)
    try queue.send(1)
    #expect(try queue.poll() == .value(1))
    #expect(try queue.poll() == .empty)
  }

  @Test("blocks a sender while it is full")
  func fullness() throws {
    let queue = BoundedQueue<Int>(capacity: 1)
    try queue.send(0)
    let isBlocked = DispatchSemaphore(value: 0)
    let isSent = DispatchSemaphore(value: 0)
    DispatchQueue(label: "sender").async {
      try? queue.send(1) { wait in
        isBlocked.signal()
        wait()
      }
      isSent.signal()
    }
    isBlocked.wait()
    #expect(isSent.wait(timeout: .now()) == .timedOut)
    #expect(try queue.next() == 0)
    isSent.wait()
    #expect(try queue.next() == 1)
    #expect(queue.peakDepth == 1)
  }

  @Test("cancelling wakes all senders and all takers", arguments: [true, false])
  func cancelling(isFull: Bool) throws {
    let queue = BoundedQueue<Int>(capacity: 1)
    if isFull { try queue.send(0) }
    let isBlocked = DispatchSemaphore(value: 0)
    let isThrown = DispatchSemaphore(value: 0)
    for number in 1...4 {
      DispatchQueue(label: "waiter").async {
        let waiting: (() -> Void) -> Void = { wait in
          isBlocked.signal()
          wait()
        }
        do {
          if isFull {
            try queue.send(number, waiting: waiting)
          } else {
            _ = try queue.next(waiting: waiting)
          }
        } catch {
          isThrown.signal()
        }
      }
    }
    for _ in 1...4 { isBlocked.wait() }
    queue.cancel()
    for _ in 1...4 { isThrown.wait() }
    #expect(throws: FlowError.cancelled) { try queue.next() }
    #expect(throws: FlowError.cancelled) { try queue.poll() }
    #expect(!queue.isExhausted)
  }

  @Test("loses and duplicates nothing between many senders and many takers")
  func contention() throws {
    let queue = BoundedQueue<Int>(capacity: 3)
    let senders = DispatchGroup()
    for sender in 0..<4 {
      DispatchQueue(label: "sender").async(group: senders) {
        for number in 0..<500 { try? queue.send(sender * 500 + number) }
      }
    }
    senders.notify(queue: DispatchQueue(label: "closer")) { queue.close() }
    let results = BoundedQueue<[Int]>(capacity: 4)
    for _ in 0..<4 {
      DispatchQueue(label: "taker").async {
        var taken: [Int] = []
        while let number = try? queue.next() { taken.append(number) }
        try? results.send(taken)
      }
    }
    var all: [Int] = []
    for _ in 0..<4 { all += try results.next() ?? [] }
    #expect(all.sorted() == Array(0..<2000))
  }
}
