// The one header of OpenBLAS that declares both the CBLAS interface and the thread control.
#include <cblas.h>
