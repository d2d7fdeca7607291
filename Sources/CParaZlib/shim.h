// zlib's CRC-32 (IEEE 802.3: reflected, polynomial 0xEDB88320), which gzip files and the ledger's records carry.
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/// The checksum of bytes[count] appended to bytes whose checksum is `crc`; 0 is the checksum of no bytes.
/// `crc32_z` itself returns 0 for a null pointer, which is what Swift passes for an empty buffer.
static inline uint32_t para_crc32(uint32_t crc, const void *bytes, size_t count) {
  return count == 0 ? crc : (uint32_t)crc32_z(crc, (const unsigned char *)bytes, count);
}
