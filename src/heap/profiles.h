/* The profiles that there are. */
#ifndef HEAP_PROFILES_H
#define HEAP_PROFILES_H

#include <refchain/profile.h>

extern const rc_profile *const profiles[];      /* textbook, then oldest first; ends in NULL */
extern const rc_profile profile_textbook, profile_2_7, profile_3_6, profile_3_7, profile_default,
    profile_3_9, profile_3_10, profile_3_11, profile_3_12, profile_3_13, profile_3_14, profile_3_15;

#endif
