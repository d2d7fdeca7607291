internal import Foundation

/// libarchive drops member names that the thread's locale cannot spell, and programs begin in the
/// "C" locale, which spells ASCII alone. So names are read in a locale of UTF-8, set for this thread
/// and for as long as that takes; where the system has none, such names come out empty.
func withUTF8Locale<Value>(_ body: () -> Value) -> Value {
  guard let locale = utf8Locale.value else { return body() }
  let previous = uselocale(locale)
  defer { uselocale(previous) }
  return body()
}

/// Made once and never changed or freed.
private struct SharedLocale: @unchecked Sendable {
  let value: locale_t?
}

private let utf8Locale: SharedLocale = {
  for name in ["C.UTF-8", "en_US.UTF-8", "UTF-8"] {
    if let locale = newlocale(LC_CTYPE_MASK, name, nil) { return SharedLocale(value: locale) }
  }
  return SharedLocale(value: nil)
}()
