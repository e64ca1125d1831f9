// What the commands of the noun key share. Seen by tools/key*.cc alone.
//
// Thread safety: one thread.
#pragma once

#include <map>
#include <string>

#include "tools/questions.h"

namespace kerros::tools {

// UNIT or --all, exactly one of them.
struct KeyTarget {
  std::string unit;
  bool all = false;

  tl::expected<std::map<std::string, std::string>, Failure> query() const;
};

// The configuration loaded and whoever answers found.
tl::expected<Questions, Failure> open_questions(const Globals& globals);

}  // namespace kerros::tools
