/* The profiles that there are: the textbook, then the releases in order.  Their tables
 * are in profiles_early.c and profiles_late.c. */
#include "profiles.h"

const rc_profile *const profiles[] = {
    &profile_textbook, &profile_2_7, &profile_3_6, &profile_3_7, &profile_default, &profile_3_9,
    &profile_3_10, &profile_3_11, &profile_3_12, &profile_3_13, &profile_3_14, &profile_3_15, NULL
};
