// Nettle's SHA-256. The one function between: `sha256_digest` takes the digest's length up to Nettle 3 and not after.
#include <nettle/sha2.h>
#include <nettle/version.h>

/// Writes the 32 bytes of the digest and makes the state ready for another.
static inline void para_sha256_digest(struct sha256_ctx *state, unsigned char *digest) {
#if NETTLE_VERSION_MAJOR < 4
  nettle_sha256_digest(state, SHA256_DIGEST_SIZE, digest);
#else
  nettle_sha256_digest(state, digest);
#endif
}
