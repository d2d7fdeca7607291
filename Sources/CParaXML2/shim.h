// libxml2: the streaming reader, its options, and the error record.
//
// Debian's libxml2 is built with ICU and its headers pull ICU's in, whose types clash with those inside Foundation.
// Nothing here uses them.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlreader.h>
#include <libxml/xmlerror.h>
