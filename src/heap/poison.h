/* Memory that nobody may touch, for builds that can tell: AddressSanitizer, and
 * valgrind where the build asks for it (-DRC_VALGRIND). */
#ifndef HEAP_POISON_H
#define HEAP_POISON_H

#if defined(__SANITIZE_ADDRESS__)
#define POISON_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISON_ASAN 1
#endif
#endif

#if defined(POISON_ASAN)
#include <sanitizer/asan_interface.h>
#define poison(address, size) __asan_poison_memory_region(address, size)
#define unpoison(address, size) __asan_unpoison_memory_region(address, size)
#elif defined(RC_VALGRIND)
#include <valgrind/memcheck.h>
#define poison(address, size) ((void)VALGRIND_MAKE_MEM_NOACCESS(address, size))
#define unpoison(address, size) ((void)VALGRIND_MAKE_MEM_UNDEFINED(address, size))
#elif defined(RC_STRESS)
#include <string.h>
#define poison(address, size) ((void)memset(address, 0xDD, size))
#define unpoison(address, size) ((void)(address), (void)(size))
#else
#define poison(address, size) ((void)(address), (void)(size))
#define unpoison(address, size) ((void)(address), (void)(size))
#endif

#endif
