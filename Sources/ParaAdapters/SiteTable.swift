/// One value for each site.
package struct SiteTable<Value> {
  private var values: [Value]

  package init(repeating value: Value) {
    values = Array(repeating: value, count: Site.allCases.count)
  }

  package init(_ value: (Site) throws -> Value) rethrows {
    values = try Site.allCases.map(value)
  }

  package subscript(site: Site) -> Value {
    get { values[site.rawValue] }
    set { values[site.rawValue] = newValue }
  }
}

extension SiteTable: Sendable where Value: Sendable {}
