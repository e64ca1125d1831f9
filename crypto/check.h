// KERROS_CHECK(condition, "why it cannot be"): for states that only a bug in this program can make.
//
// Ends the process: going on with a broken invariant could release or reuse what must not be.
// Never for anything that input from outside can bring about; that is a Result. The text is
// written by us and holds no data.
#pragma once

#include <cstdio>
#include <cstdlib>

#define KERROS_CHECK(condition, why)                                                   \
  do {                                                                                 \
    if (!(condition)) {                                                                \
      std::fprintf(stderr, "kerros: fatal: %s (%s:%d: %s)\n", why, __FILE__, __LINE__, \
                   #condition);                                                        \
      std::abort();                                                                    \
    }                                                                                  \
  } while (false)
