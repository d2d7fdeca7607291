/// The product's version, as `para --version` and `run.json` show it.
public enum Version {
  public static let current = "0.1.0"
}
