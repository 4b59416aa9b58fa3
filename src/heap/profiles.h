/* The releases that there are. */
#ifndef HEAP_PROFILES_H
#define HEAP_PROFILES_H

#include <refchain/profile.h>

extern const rc_profile *const profiles[];      /* oldest first; ends in NULL */
extern const rc_profile profile_default;

#endif
