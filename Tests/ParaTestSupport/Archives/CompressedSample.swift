package import Foundation

/// The rows of `SampleRows` as other programs compress them.
///
/// Made with Python 3.11.7 (`gzip.compress(rows, 9, mtime=0)`, `bz2.compress`, `lzma.compress`,
/// `zipfile` with `ZIP_DEFLATED`, `tarfile` with `USTAR_FORMAT` inside gzip) and `zstd --check`
/// 1.5.4. The zip and the tar hold rows 0…5 as `a.jsonl` and rows 6…11 as `b.jsonl`.
package enum CompressedSample: String, CaseIterable, Sendable {
  case gzip, bzip2, xz, zstd, zip, tarGzip

  package var data: Data {
    Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data()
  }

  /// The members' names; `nil` stands for a stream that is no archive.
  package var members: [String?] {
    self == .zip || self == .tarGzip ? ["a.jsonl", "b.jsonl"] : [nil]
  }

  private var base64: String {
    switch self {
    case .gzip:
      """
      H4sIAAAAAAACA33ROw6DMBBF0T6rGE1NYfMnu4FgAgmIKFhKJMTeg5Ri0LNN5+Iev2JWHlq+koqIrfna/cnv+UOK5o5s
      b2ipp9doIqp5u6z/VkOrnba5taa790JiILFLJE4gTkL/D2JSMKnHSJ1BnQUXHoJyQLkPSV5AXoQ3nqJKUKVXSV9BX52s
      jIcT4r218sMDcc6uz7amXf4A3go3SVwCAAA=
      """
    case .bzip2:
      """
      QlpoOTFBWSZTWcSoSmcAASJZgAAQUAR/8D/+3MowANWA0kAAaGMoaPUANT9VAA00AAAAUpUmgaBoeo0aA0yfJMckyFJn
      jwAAAAAAA8kyOWdroKG0ubM8AoAF4ARgF8ATgASmtMduI82rg5rGI9IIae2wvXZmZmZhPsWFxLdTRNC0j0LTcWVvLgXd
      XuuGssnT3lhsN9v/izt8C8S4l9FsLmLkWotRbS2lyLWX+LuSKcKEhiVCUzg=
      """
    case .xz:
      """
      /Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AJbAI5dAD2IiSaBk1N/c0v+cCmpUfclTWKxRGYEWjAQlnUHSlyCloLkQOxK
      xqvp9hOZ1jQJJ1pGAKuf/hpDVcqG14ia4NO9FG1rLgB5q22dxsstw4bThYtkS5sgvB6vM1eYdWP3KS8huRDpBWLWkJZ7
      dR/rAgp1ZHLvSm4b6KdvqwxQ8K2yr3FXVd/V7xVD6ophksAAAACMSC8skHuYkwABqgHcBAAAGGE5LbHEZ/sCAAAAAARZ
      Wg==
      """
    case .zstd:
      """
      KLUv/QRYLQUAVAV7ImlkIjogMCwgInRleHQiOiAicm93IDAgb2YgdGhlIHNhbXBsZSwgYSJ9CjExYmNkZWZnaDIyMzNp
      NDQ1NWlqNjY3N2prODg5OWtsMTExMWxtIn0KJyAQY1Q8VQJQLmKrZmi5gn69mw8x/e3m1n7MLvMGv9NZ9u2k1tBsF2mD
      9NEZju2i1iRsl2iDydHZjVvGA/SOzvBmPEYX1mbnszO+DOkBaKxm6w==
      """
    case .zip:
      """
      UEsDBBQAAAAIAAAAIVBKq+dBYgAAACMBAAAHAAAAYS5qc29ubKtWykxRslIw0FFQKkmtKAEylYryyxUMFPLTFEoyUhWK
      E3MLclJ1FBKVarmqIWoN0dQaYqhNSk5JTUvPQGgxQtNihKkFodgYTbExLvMzEXpM0PSYYNGDUG2KptoUpw1ZQE0AUEsD
      BBQAAAAIAAAAIVAFXGe5aAAAADkBAAAHAAAAYi5qc29ubKtWykxRslIw01FQKkmtKAEylYryyxXMFPLTFEoyUhWKE3ML
      clJ1FBKTklOUarmqIcrN0ZSbY1OempaekZmVjdBlgabLAqsuhHpLNPWWeGzJQWgzNEDTZ2iAXSOSFkN0LYb47MoF6gQA
      UEsBAhQDFAAAAAgAAAAhUEqr50FiAAAAIwEAAAcAAAAAAAAAAAAAAIABAAAAAGEuanNvbmxQSwECFAMUAAAACAAAACFQ
      BVxnuWgAAAA5AQAABwAAAAAAAAAAAAAAgAGHAAAAYi5qc29ubFBLBQYAAAAAAgACAGoAAAAUAQAAAAA=
      """
    case .tarGzip:
      """
      H4sIAAAAAAACA+3Uyw6CMBAFUNZ+RdM1MS0UKv4NCPhCMYDRxPjvNmosGcCdxsc9mxJyL7Mg03i8qstt4bySMEKlrqdB
      T6GU/3i+vdeeHzhMOG+wr5u4MiOd/3Tiy5RPmXAZb7JjYx55VR6YYGXOmkXG6nizKzKXxfw8umclycpONpmlWT5f2IpH
      Kl63YsM+CftD31/ajiId1dOx6YCkg8EJK1P66f+ffML+a9ndf439f+P+h2Qjwr6NsAukSVwPL9DatiakNelt2XxE8tGT
      KUXrfqKXmRT9xValc6fJZ7M2v34rAAAAAAAAAAAAAAAAAAAAwDe5AHF9LA0AKAAA
      """
    }
  }
}
