// libarchive 3: streaming readers of tar, zip, gzip, bzip2, xz and zstd.
#include <archive.h>
#include <archive_entry.h>
