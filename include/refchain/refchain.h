/* Everything that librefchain offers.  In the order in which to read it: */
#ifndef REFCHAIN_REFCHAIN_H
#define REFCHAIN_REFCHAIN_H

#include <refchain/base.h>
#include <refchain/error.h>
#include <refchain/profile.h>
#include <refchain/wording.h>
#include <refchain/events.h>
#include <refchain/object.h>
#include <refchain/heap.h>
#include <refchain/numbers.h>
#include <refchain/str.h>
#include <refchain/list.h>
#include <refchain/tuple.h>
#include <refchain/dict.h>
#include <refchain/set.h>
#include <refchain/instance.h>
#include <refchain/weakref.h>
#include <refchain/gc.h>
#include <refchain/reference.h>
#include <refchain/trace.h>
#include <refchain/record.h>

#endif
